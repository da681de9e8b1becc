// SPDX-License-Identifier: BSL-1.0
// The fields of a message, one after the other.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/replication_events.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace pgcoro::replication {

/// The server's times are microseconds since then.
inline constexpr std::chrono::sys_days postgresql_epoch = std::chrono::year(2000) / 1 / 1;

/// Reads no byte that is not there. A field that is not there in full is zero or empty; then `failed()`.
class message_reader {
public:
    explicit message_reader(std::span<const std::byte> message) noexcept : at_(message.data()), end_(at_ + message.size()) {}

    bool failed() const noexcept { return problem_ != nullptr; }
    /// What is wrong with the message, or null.
    const char* problem() const noexcept { return problem_; }
    std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    const std::byte* position() const noexcept { return at_; }

    std::span<const std::byte> bytes(std::size_t size) noexcept {
        if (left() < size) [[unlikely]] {
            fail(ends_too_soon);
            return {};
        }
        const std::span<const std::byte> found(at_, size);
        at_ += size;
        return found;
    }
    template <std::unsigned_integral T>
    T number() noexcept {
        const auto found = bytes(sizeof(T));
        return found.empty() ? T() : detail::load_big_endian<T>(found.data());
    }
    char character() noexcept { return static_cast<char>(number<std::uint8_t>()); }
    /// Up to a NUL.
    std::string_view text() noexcept {
        const void* const nul = left() != 0 ? std::memchr(at_, 0, left()) : nullptr;
        if (!nul) {
            fail(ends_too_soon);
            return {};
        }
        const auto found = bytes(static_cast<std::size_t>(static_cast<const std::byte*>(nul) - at_));
        at_ += 1;
        return {reinterpret_cast<const char*>(found.data()), found.size()};
    }

    /// A value of a row: what kind it is of, and the bytes of a 'b' or a 't'.
    [[gnu::always_inline]] char value(std::span<const std::byte>& bytes) noexcept {
        if (at_ == end_) [[unlikely]] {
            fail(ends_too_soon);
            return '\0';
        }
        const auto kind = static_cast<char>(*at_++);
        if (kind == 'b' || kind == 't') [[likely]] {
            constexpr std::size_t length_size = sizeof(std::uint32_t);
            const auto available = static_cast<std::ptrdiff_t>(left()) - std::ptrdiff_t{length_size};
            const std::ptrdiff_t size = available < 0 ? 0 : detail::load_big_endian<std::uint32_t>(at_);
            if (available < size) [[unlikely]] {
                fail(ends_too_soon);
                return kind;
            }
            bytes = {at_ + length_size, static_cast<std::size_t>(size)};
            at_ += std::ptrdiff_t{length_size} + size;
        }
        return kind;
    }

    lsn position_in_log() noexcept { return lsn(number<std::uint64_t>()); }
    time_point time() noexcept {
        // Any number of microseconds is one after 2000, or before.
        return time_point(std::chrono::microseconds(static_cast<std::int64_t>(
            number<std::uint64_t>() +
            static_cast<std::uint64_t>(std::chrono::microseconds(postgresql_epoch.time_since_epoch()).count()))));
    }
    xid transaction() noexcept { return xid(number<std::uint32_t>()); }

    /// The first problem counts. Nothing more is read.
    void fail(const char* why) noexcept {
        problem_ = problem_ ? problem_ : why;
        at_ = end_;
    }

private:
    static constexpr const char* ends_too_soon = "it ends too soon";

    const std::byte* at_;
    const std::byte* end_;
    const char* problem_ = nullptr;
};

} // namespace pgcoro::replication
