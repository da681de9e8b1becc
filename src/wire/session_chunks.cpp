// SPDX-License-Identifier: BSL-1.0
// Results whose rows are read while they arrive, some at a time: libpq then never has all of a large result in memory, and what
// memory it uses for a chunk is still warm when it is freed and used for the next one. Since libpq 17.
//
// A chunk is a result more, which a small result should not cost. Whether it is small is not known beforehand: a statement's
// first result comes in chunks, and the others do if the last one was large.
#include "wire/session.hpp"

#include <algorithm>

namespace pgcoro::wire {
namespace {

// A vector gets room for so many rows at once, if the last result of the statement had them. Beyond that it grows.
constexpr std::uint32_t most_expected = 4096;

// A second result costs more than these rows gain.
[[maybe_unused]] constexpr std::uint32_t most_in_one_piece = rows_per_chunk;

} // namespace

/// libpq takes the mode for the command whose results come next, before any of them was looked at.
void session::ask_for_chunks() noexcept {
#ifdef LIBPQ_HAS_CHUNK_MODE
    const auto [kind, statement] = expected_.front();
    if (kind != command::execute && (kind != command::exclusive || head_.step != 0)) {
        return;
    }
    request& r = *queues_.in_flight.front();
    if (r.takes_chunks && !r.in_chunks && (!statement || statement->last_rows > most_in_one_piece)) {
        r.in_chunks = PQsetChunkedRowsMode(libpq(), rows_per_chunk) == 1;
        head_.rows = 0;
    }
#endif
}

/// False if the session is over.
bool session::on_chunk(PGresult* raw) {
    detail::result_handle result(raw);
    request& r = *queues_.in_flight.front();
    const auto* const statement = expected_.front().statement;
    const bool is_known = statement && statement->last_rows != prepared_statement::unknown_rows;
    head_.rows += static_cast<std::size_t>(PQntuples(raw));
    count_rows(r, raw);
    if (r.abandoned != request::abandonment::done) {
        try {
            r.consume_chunk(result, types_, is_known ? std::min(statement->last_rows, most_expected) : 0);
        } catch (...) {
            lose(error(errc::connection_lost, "the connection was closed because reading a result threw an exception"));
            throw;
        }
    }
    return true;
}

/// The end of the rows that came in chunks, or all of them in one.
[[gnu::noinline]] bool session::end_of_rows(request& r, detail::result_handle& result) {
    count_rows(r, result.get());
    const bool came_in_chunks = r.in_chunks && head_.rows != 0;
    const std::size_t rows = came_in_chunks ? head_.rows : static_cast<std::size_t>(PQntuples(result.get()));
    if (auto* const statement = expected_.front().statement) {
        statement->last_rows = static_cast<std::uint32_t>(std::min<std::size_t>(rows, prepared_statement::unknown_rows - 1));
    }
    if (queues_.in_flight_count == 1) {
        notify_.in_chunks = false;
    }
    return came_in_chunks ? r.end_chunks() : r.consume(head_.step, result, types_);
}

} // namespace pgcoro::wire
