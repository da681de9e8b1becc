// SPDX-License-Identifier: BSL-1.0
// Takes the bytes of a binary COPY ... TO STDOUT apart into rows of values, however they were cut into messages.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/value_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pgcoro::detail {

/// Reads no byte that is not there, and keeps none but those of a row that has not come in full: a message that ends with a row
/// is not copied.
///
///     parser.feed(message);
///     while (parser.next()) {
///         use(parser.cells());
///     }
///     if (parser.failed()) ...
class copy_parser {
public:
    /// A row has that many values, and not more bytes than `most_bytes`.
    explicit copy_parser(std::size_t columns, std::size_t most_bytes = value_writer::max_size)
        : cells_(columns), most_bytes_(most_bytes) {}

    /// The bytes that come next. They must stay where they are until `next` gives no more.
    void feed(std::span<const std::byte> bytes) {
        if (kept_.capacity() != 0) [[unlikely]] {
            return feed_more(bytes);
        }
        bytes_ = bytes;
        at_ = 0;
    }
    /// Goes to the next row. False if there is none before more bytes come, or none at all.
    bool next() { return part_ == part::rows ? read_row() : next_outside_rows(); }
    /// The values of the row, one for each column. Valid until the next call of `feed` or `next`; the array itself stays.
    const cell_bytes* cells() const noexcept { return cells_.data(); }

    /// For a caller that reads a message which is one row, as the server sends them, instead of feeding it: the bytes from its
    /// first value on. None if it may be something else.
    std::span<const std::byte> values_of(std::span<const std::byte> message) const noexcept {
        constexpr std::size_t count_size = sizeof(std::uint16_t);
        const bool is_row = part_ == part::rows && kept_.capacity() == 0 && message.size() > count_size &&
                            load_big_endian<std::uint16_t>(message.data()) == cells_.size();
        return is_row ? message.subspan(count_size) : std::span<const std::byte>();
    }
    /// It has read the row.
    void count_row() noexcept { ++rows_; }

    /// The number of rows so far.
    std::uint64_t rows() const noexcept { return rows_; }

    /// The trailer was read.
    bool is_over() const noexcept { return part_ == part::end; }
    /// The bytes are not what they must be: `errc::malformed_value`. There are no more rows then.
    bool failed() const noexcept { return part_ == part::failed; }
    error failure() const;
    /// The same when no more bytes come: without the trailer, rows are missing.
    error finish();

private:
    enum class part : unsigned char { header, extension, rows, end, failed };

    void feed_more(std::span<const std::byte> bytes);
    bool next_outside_rows();
    bool read_header();
    bool skip_extension();
    bool read_row();
    /// `count` is not the number of columns.
    bool end_rows(std::uint16_t count);
    /// Not all of the value's bytes are there. `before` is how many of the row's are, its own length included.
    bool wait_for_value(std::int32_t length, std::size_t before, std::ptrdiff_t column);
    /// Keeps what is left until more bytes come.
    bool wait();
    bool fail(std::string why);

    std::size_t left() const noexcept { return bytes_.size() - at_; }

    std::vector<cell_bytes> cells_;
    std::size_t most_bytes_;
    part part_ = part::header;
    std::uint32_t extension_ = 0;      // what is left of it
    std::span<const std::byte> bytes_; // those that were fed, or `kept_`
    std::size_t at_ = 0;               // what was read of them
    std::vector<std::byte> kept_;      // the beginning of a row, and what came after it
    std::uint64_t rows_ = 0;
    std::string why_;
};

} // namespace pgcoro::detail
