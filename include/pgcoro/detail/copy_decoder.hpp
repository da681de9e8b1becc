// SPDX-License-Identifier: BSL-1.0
// Rows from the bytes of a binary COPY ... TO STDOUT.
#pragma once

#include <pgcoro/detail/copy_parser.hpp>
#include <pgcoro/detail/message_view.hpp>
#include <pgcoro/detail/row_chunk.hpp>
#include <pgcoro/detail/tuple_view.hpp>
#include <pgcoro/row.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace pgcoro::detail {

template <class... Parts>
constexpr bool are_columns(part_list<Parts...>) noexcept {
    return (row_part<Parts>::is_column && ...);
}

/// Its columns are read in their order, each once.
template <class Row>
concept flat_row =
    scalar_row<Row> || (requires { typename row_shape<Row>::parts; } && are_columns(typename row_shape<Row>::parts()));

/// What a `row_decoder` is for a result, for a COPY whose columns another result describes, in the binary format: that of a
/// `select ... limit 0`, or of a statement that was only described, by way of `libpq::binary_description_of`. That result and
/// its types must outlive the decoder.
///
///     copy_decoder<Row> decoder(columns);
///     error failure = decoder.open();                            // once: the columns fit the row type
///     failure = decoder.append(message, rows);                   // for each message
///     failure = decoder.finish();                                // at the end, once the server has said that all went well
template <class Row>
class copy_decoder {
public:
    explicit copy_decoder(result_view columns)
        : parser_(static_cast<std::size_t>(columns.columns())),
          rows_(tuple_view(columns, parser_.cells())),
          direct_(message_view(columns)) {}

    copy_decoder(const copy_decoder&) = delete;
    copy_decoder& operator=(const copy_decoder&) = delete;
    // Arrays on the heap stay where they are.
    copy_decoder(copy_decoder&&) = default;
    copy_decoder& operator=(copy_decoder&&) = default;

    /// Must be called first. Why the columns do not fit: the errors of `fetch`.
    error open() {
        if constexpr (flat_row<Row>) {
            direct_.open();
        }
        return rows_.open() == mismatch ? rows_.why_mismatch() : error();
    }

    /// Reads some more bytes, which may end anywhere, and appends the rows that are complete. After an error `chunk` has the
    /// rows before it: `errc::malformed_value` if the bytes are not in the format, else that of a value that cannot be read.
    error append(std::span<const std::byte> bytes, row_chunk<Row>& chunk) {
        if constexpr (flat_row<Row>) {
            if (append_row(bytes, chunk)) [[likely]] {
                return {};
            }
        }
        parser_.feed(bytes);
        while (parser_.next()) {
            rows_.go_to(static_cast<int>(std::min<std::uint64_t>(parser_.rows() - 1, std::numeric_limits<int>::max())));
            auto& out = chunk.vector();
            const std::size_t before = out.size();
            if (!rows_.append(out)) [[unlikely]] {
                while (out.size() != before) {
                    out.pop_back();
                }
                return rows_.failure();
            }
        }
        return parser_.failed() ? parser_.failure() : error();
    }

    /// No more bytes come. `errc::malformed_value` if the trailer is missing.
    error finish() { return parser_.finish(); }

private:
    struct nothing {
        explicit nothing(const message_view&) {}
    };

    /// Reads a message that is one row, as servers send them, without the parser. False if it is something else, or anything
    /// about it is unusual: then nothing has happened.
    bool append_row(std::span<const std::byte> message, row_chunk<Row>& chunk) {
        const auto values = parser_.values_of(message);
        if (values.empty()) [[unlikely]] {
            return false;
        }
        direct_.source().go_to(values);
        if constexpr (refillable_row<Row>) {
            if (Row* const spare = chunk.spare()) {
                if (direct_.refill(*spare) && direct_.source().position() == values.data() + values.size()) [[likely]] {
                    chunk.keep_spare();
                    parser_.count_row();
                    return true;
                }
                direct_.forget_failure();
                return false;
            }
        }
        return append_new(values, chunk.vector());
    }
    /// Out of line: it would slow down the loop that reads into spares.
    [[gnu::noinline]] bool append_new(std::span<const std::byte> values, std::vector<Row>& out) {
        const std::size_t before = out.size();
        if (direct_.append(out) && direct_.source().position() == values.data() + values.size()) [[likely]] {
            parser_.count_row();
            return true;
        }
        direct_.forget_failure();
        while (out.size() != before) {
            out.pop_back();
        }
        return false;
    }

    copy_parser parser_;
    row_decoder<Row, tuple_view> rows_; // knows why a row cannot be read
    [[no_unique_address]] std::conditional_t<flat_row<Row>, row_decoder<Row, message_view>, nothing> direct_;
};

} // namespace pgcoro::detail
