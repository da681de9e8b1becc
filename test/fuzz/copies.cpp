// SPDX-License-Identifier: BSL-1.0
// The bytes of a binary COPY with columns of any types, cut into pieces of any size: read as rows of every kind, and what was
// read is written and read again.
#include "input.hpp"

#include "unit/fake_result.hpp"

#include <pgcoro/detail/copy_decoder.hpp>
#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/types.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace pgcoro;
using fuzz::require;

constexpr std::size_t most_columns = 8;

/// The number of columns, and the type of each.
detail::result_handle columns_of(fuzz::input& in) {
    std::vector<test::fake_column> columns(in.byte() % (most_columns + 1));
    for (auto& column : columns) {
        column.type = in.type();
        column.name = "c";
    }
    return test::fake_result(std::move(columns));
}

/// Copied to memory of just its size, where a sanitizer sees who reads behind it.
std::vector<std::vector<std::byte>> cut(value_bytes bytes, std::size_t size) {
    std::vector<std::vector<std::byte>> pieces;
    while (!bytes.empty()) {
        const auto piece = bytes.first(size == 0 ? bytes.size() : std::min(size, bytes.size()));
        pieces.emplace_back(piece.begin(), piece.end());
        bytes = bytes.subspan(piece.size());
    }
    return pieces;
}

template <class Row>
struct outcome {
    std::vector<Row> rows;
    error failure;
};

template <class Row>
outcome<Row> read(detail::result_view columns, value_bytes bytes, std::size_t piece) {
    detail::copy_decoder<Row> decoder(columns);
    outcome<Row> all;
    detail::row_chunk<Row> chunk;
    all.failure = decoder.open();
    for (const auto& message : cut(bytes, piece)) {
        if (!all.failure) {
            all.failure = decoder.append(message, chunk);
            // The next message is read into these rows, if it can be.
            all.rows.insert(all.rows.end(), chunk.rows().begin(), chunk.rows().end());
            chunk.clear();
        }
    }
    if (!all.failure) {
        all.failure = decoder.finish();
    }
    require(!all.failure || !all.failure.message().empty());
    return all;
}

/// What was read can be written, if the columns are wide enough, and is then read as before.
template <class Row>
void write_again(detail::result_view columns, const std::vector<Row>& rows) {
    detail::copy_encoder<Row> encoder(columns);
    if (rows.empty() || encoder.open()) {
        return;
    }
    detail::byte_buffer bytes;
    std::vector<Row> written;
    detail::append_copy_header(bytes);
    for (const Row& row : rows) {
        if (encoder.append(row, bytes)) {
            written.push_back(row);
        } else {
            require(!encoder.failure().message().empty());
        }
    }
    detail::append_copy_trailer(bytes);
    const auto again = read<Row>(columns, {bytes.data(), bytes.size()}, 0);
    require(!again.failure && again.rows.size() == written.size());
    // Not every value equals itself: NaN does not.
    detail::byte_buffer second;
    detail::append_copy_header(second);
    for (const Row& row : again.rows) {
        require(encoder.append(row, second));
    }
    detail::append_copy_trailer(second);
    require(std::ranges::equal(std::span(bytes.data(), bytes.size()), std::span(second.data(), second.size())));
}

template <class Row>
void read_rows(detail::result_view columns, value_bytes bytes, std::size_t piece) {
    const auto whole = read<Row>(columns, bytes, 0);
    const auto in_pieces = read<Row>(columns, bytes, piece);
    require(whole.rows.size() == in_pieces.rows.size());
    require(whole.failure.message() == in_pieces.failure.message());
    if constexpr (requires { detail::copy_encoder<Row>(columns).open(); }) {
        write_again(columns, whole.rows);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in(data, size);
    const auto result = columns_of(in);
    const detail::result_view columns(result.get(), fuzz::user_types());
    const std::size_t piece = in.byte();
    const value_bytes bytes = in.rest();
    read_rows<std::int64_t>(columns, bytes, piece);
    read_rows<std::optional<double>>(columns, bytes, piece);
    read_rows<std::optional<std::string>>(columns, bytes, piece);
    read_rows<fuzz::mood>(columns, bytes, piece);
    read_rows<std::vector<std::optional<std::int32_t>>>(columns, bytes, piece);
    read_rows<std::tuple<std::optional<std::int64_t>, std::optional<std::string>>>(columns, bytes, piece);
    read_rows<std::pair<numeric, std::vector<std::optional<std::string>>>>(columns, bytes, piece);
    read_rows<std::tuple<std::optional<std::int16_t>, std::optional<fuzz::place>>>(columns, bytes, piece);
    return 0;
}
