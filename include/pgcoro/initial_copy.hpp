// SPDX-License-Identifier: BSL-1.0
// A consistent copy of published tables, and then the stream of what has changed since.
//
//     auto copy = [&](const pgcoro::published_table& table, pgcoro::copy_reader rows) -> pgcoro::task<std::uint64_t> {
//         BOOST_OUTCOME_CO_TRY(auto writer, co_await target.copy_in(pgcoro::unchecked_sql(table.copy_in_statement())));
//         BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(rows), std::move(writer)));
//         co_return report.rows;
//     };
//     BOOST_OUTCOME_CO_TRY(auto stream, co_await pgcoro::initial_copy(config, "shop_feed", options, copy));
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pgcoro {

/// A table, as far as it is published.
struct published_table {
    std::string schema;
    std::string name;
    /// Not the generated ones (which PostgreSQL 18 may publish), and only those in the publication's column list.
    std::vector<std::string> columns;
    /// The publications' row filter, in SQL; empty: all rows.
    std::string row_filter;
    /// Partitions are published as rows of this table, the root.
    bool is_partitioned = false;
    /// As of the last ANALYZE; 0 if there was none.
    std::int64_t estimated_rows = 0;
    /// The type of a column has no binary output, or with a stream in text, one inside it: the rows come in COPY's text format.
    bool is_text = false;

    /// `copy (select ...) to stdout (format binary)`, or `(format text)` if `is_text`: its rows.
    std::string copy_out_statement() const;
    /// `copy "schema"."name" (...) from stdin (format ...)` in the same format, for a table of the same name elsewhere.
    std::string copy_in_statement() const;
};

struct initial_copy_progress {
    std::size_t tables = 0;
    std::size_t finished_tables = 0;
    /// The rows of the finished tables; and ANALYZE's estimate for all tables.
    std::uint64_t rows = 0;
    std::int64_t estimated_rows = 0;
};

struct initial_copy_options {
    initial_copy_options() noexcept {}

    /// How many tables are copied at the same time, each over a connection of its own.
    std::size_t connections = 4;
    slot_options slot;
    /// A table has been copied.
    std::function<void(const initial_copy_progress&)> on_progress;
};

/// Copies one table, all of its rows to their end, and gives their number. Several run at the same time.
using table_copier = std::function<task<std::uint64_t>(const published_table& table, copy_reader rows)>;

/// Creates the slot, has `copy` copy each published table as it was at that moment, and gives the stream of the changes that
/// have committed since: no change is missing, and none arrives twice.
///
/// Large tables come first. A consumer that will be restarted must store the position of the changes that it has applied, and
/// then calls `replication_connection::start`. The tables' definitions are not copied.
///
/// The server's time limits for statements and transactions do not count. A copy is in the binary format, but see
/// `published_table::is_text`; then DateStyle is ISO, IntervalStyle is postgres, and floats are exact.
///
/// Errors: those of `replication_connection` and `copy`; `sqlstate::insufficient_privilege` also if row-level security would
/// hide rows. Then all copying is cancelled, and the slot is dropped, unless the server cannot be reached for several seconds.
/// What was copied is of no use.
/// Cancellation: as for an error.
task<replication_stream> initial_copy(connect_config config, std::string slot, replication_options options, table_copier copy,
                                      initial_copy_options how = {});

} // namespace pgcoro
