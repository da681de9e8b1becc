// SPDX-License-Identifier: BSL-1.0
// One row's bytes as a binary COPY has them, for `row_reader`: each value is found when it is read.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/result_view.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace pgcoro::detail {

/// The columns of a result without rows, which must be in the binary format, and the bytes of one row. Each column must be read
/// once, from the first to the last: that saves a `copy_parser` taking the row apart before.
class message_view : public result_view {
public:
    explicit message_view(result_view columns) noexcept : result_view(columns) {}

    /// The bytes from the row's first value on. They may end within the row, or after it.
    void go_to(std::span<const std::byte> values) noexcept {
        at_ = values.data();
        end_ = at_ + values.size();
    }
    /// The next value. NULL, too, if its bytes are not all there, or its length is impossible: then `position` is null.
    [[gnu::always_inline]] cell_bytes cell(int, int) const noexcept {
        constexpr std::ptrdiff_t length_size = sizeof(std::uint32_t);
        if (end_ - at_ < length_size) [[unlikely]] {
            return cut();
        }
        const auto length = static_cast<std::int32_t>(load_big_endian<std::uint32_t>(at_));
        at_ += length_size;
        // Of a NULL, this is the largest number there is.
        if (static_cast<std::size_t>(std::int64_t{length}) <= static_cast<std::size_t>(end_ - at_)) [[likely]] {
            return {std::exchange(at_, at_ + length), length};
        }
        return length == null ? cell_bytes{at_, null} : cut();
    }
    /// What follows the values that were read.
    const std::byte* position() const noexcept { return at_; }

private:
    static constexpr std::int32_t null = -1;

    cell_bytes cut() const noexcept {
        at_ = end_ = nullptr;
        return {nullptr, null};
    }

    // Reading moves them on.
    mutable const std::byte* at_ = nullptr;
    mutable const std::byte* end_ = nullptr;
};

} // namespace pgcoro::detail
