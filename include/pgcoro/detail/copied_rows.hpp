// SPDX-License-Identifier: BSL-1.0
// Rows of C++ types on their way into a table.
#pragma once

#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/detail/copy_format.hpp>
#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/rowset_access.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

/// Encodes them, for columns that were described.
template <class Row>
class row_copy : public copy_sink {
public:
    row_copy(std::shared_ptr<request_target> target, statement_text&& text, rowset&& columns)
        : copy_sink(std::move(target), std::move(text)), columns_(std::move(columns)), encoder_(rowset_access::view(columns_)) {
        append_copy_header(bytes_);
    }

    /// Comes first. Why a member does not fit its column.
    error check() { return encoder_.open(); }

protected:
    /// False if a value cannot be sent, and then it is all over.
    bool append_row(const Row& row) {
        if (encoder_.append(row, bytes_)) [[likely]] {
            return true;
        }
        fail(encoder_.failure());
        refuse_data("a value could not be sent");
        return false;
    }
    void complete_data() final { append_copy_trailer(bytes_); }
    /// The bytes that were not sent.
    std::size_t size() const noexcept { return bytes_.size() - sent_; }
    bool is_piece_there() const noexcept { return size() >= copy_sink::piece_size; }
    std::span<const std::byte> next_piece() const noexcept { return {bytes_.data() + sent_, piece_end() - sent_}; }

    void piece_sent() noexcept final {
        sent_ = piece_end();
        if (!is_piece_there()) {
            // What is left, mostly a part of a row, waits for more.
            const std::size_t left = size();
            std::memmove(bytes_.data(), bytes_.data() + sent_, left);
            bytes_.truncate(left);
            sent_ = 0;
        }
    }
    void discard() noexcept final {
        bytes_.truncate(0);
        sent_ = 0;
    }

private:
    std::size_t piece_end() const noexcept { return sent_ + std::min(size(), copy_sink::piece_size); }

    rowset columns_;
    copy_encoder<Row> encoder_;
    byte_buffer bytes_;
    std::size_t sent_ = 0; // of them
};

/// Rows that are written a few at a time.
template <class Row>
class copied_row_buffer final : public row_copy<Row> {
public:
    using row_copy<Row>::row_copy;

    /// On the executor. False if it takes no more.
    bool append(std::span<const Row> rows) {
        if (this->is_over() || this->failure() || this->is_ending()) {
            return false;
        }
        for (const Row& row : rows) {
            if (!this->append_row(row)) {
                return false;
            }
        }
        if (this->is_piece_there() && this->engine) {
            this->engine->resume_stream();
        }
        return true;
    }

    std::span<const std::byte> piece() override {
        return this->is_piece_there() || this->is_ending() ? this->next_piece() : std::span<const std::byte>();
    }

private:
    /// There is room for more.
    bool has_news() const noexcept override { return this->has_begun() && !this->is_ending() && !this->is_piece_there(); }
};

/// A range that is the call's own, or a pointer to one of the caller's.
template <class Range>
auto& range_of(Range& held) noexcept {
    if constexpr (std::is_pointer_v<Range>) {
        return *held;
    } else {
        return held;
    }
}
template <class Range>
using range_row = std::remove_cvref_t<std::ranges::range_reference_t<std::remove_pointer_t<Range>&>>;

/// The rows of a range, encoded as they are sent.
template <class Range>
class copied_range final : public row_copy<range_row<Range>> {
public:
    copied_range(std::shared_ptr<request_target> target, statement_text&& text, rowset&& columns, Range&& rows)
        : row_copy<range_row<Range>>(std::move(target), std::move(text), std::move(columns)), rows_(std::move(rows)) {}

    std::span<const std::byte> piece() override {
        if (!std::exchange(has_begun_, true)) {
            next_.emplace(std::ranges::begin(range_of(rows_)));
        }
        const auto end = std::ranges::end(range_of(rows_));
        for (; !this->is_piece_there() && *next_ != end; ++*next_) {
            if (!this->append_row(**next_)) {
                return {};
            }
        }
        if (*next_ == end && !this->is_ending()) {
            this->finish_data();
        }
        return this->next_piece();
    }

private:
    bool has_news() const noexcept override { return false; }

    Range rows_;
    std::optional<std::ranges::iterator_t<std::remove_pointer_t<Range>>> next_;
    bool has_begun_ = false;
};

} // namespace pgcoro::detail
