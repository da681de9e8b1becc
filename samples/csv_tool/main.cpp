// SPDX-License-Identifier: BSL-1.0
// CSV files into tables, and tables and queries into CSV files.
//
// usage: csv_tool DSN in  TABLE           FILE [--header]
//        csv_tool DSN out TABLE-or-SELECT FILE [--header]
//
// DSN is a connection string or URI, as for psql. TABLE may have a schema and a list of columns: "sales.orders (id, total)". A
// file goes in as a whole or not at all, and a file that comes out appears when it is complete. With --header, the first line
// has the names of the columns; it is skipped on the way in.
//
// exit code: 0 done, 1 something else failed (the connection, a file), 2 wrong usage, 3 the server has refused the data
#include "arguments.hpp"
#include "bad_line.hpp"
#include "end_marker.hpp"
#include "progress_line.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/copy_files.hpp>
#include <pgcoro/run.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

using csv_tool::arguments;
using csv_tool::progress_line;

enum exit_code : int { done = 0, failed = 1, wrong_usage = 2, data_refused = 3 };

// [file_in]
pgcoro::task<pgcoro::transfer_report> copy_in(pgcoro::connection& db, const arguments& what, pgcoro::progress_meter progress) {
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in(pgcoro::unchecked_sql(what.statement())));
    co_return co_await pgcoro::copy_from_file(what.file, std::move(writer), std::move(progress));
}
// [/file_in]

// [file_out]
pgcoro::task<pgcoro::transfer_report> copy_out(pgcoro::connection& db, const arguments& what, pgcoro::progress_meter progress) {
    BOOST_OUTCOME_CO_TRY(auto reader, co_await db.copy_out(pgcoro::unchecked_sql(what.statement())));
    co_return co_await pgcoro::copy_to_file(std::move(reader), what.file, std::move(progress));
}
// [/file_out]

/// A server before 18 would leave out the rest of the file. (A pipe can be read only once.)
pgcoro::result<> check_end_marker(const std::string& file) {
    std::error_code unknown;
    if (std::filesystem::is_regular_file(file, unknown)) {
        std::ifstream in(file, std::ios::binary);
        if (const auto line = csv_tool::find_end_marker(in)) {
            return pgcoro::error(pgcoro::sqlstate::bad_copy_file_format,
                                 file + ":" + std::to_string(*line) +
                                     ": \\. alone on a line ends the data for this server; write \"\\.\"");
        }
    }
    return pgcoro::success();
}

pgcoro::task<pgcoro::transfer_report> copy(const arguments& what, progress_line& line) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(what.server).within(std::chrono::seconds(30)));
    if (what.way == arguments::direction::in) {
        if (db.server_version() < 180000) {
            BOOST_OUTCOME_CO_TRY(check_end_marker(what.file));
        }
        co_return co_await copy_in(db, what, line.meter());
    }
    co_return co_await copy_out(db, what, line.meter());
}

/// Values that their types refuse, and those that constraints do.
bool is_about_data(const pgcoro::error& why) {
    const auto kind = pgcoro::sqlstate_class(why.sqlstate());
    return kind == pgcoro::sqlstate::data_exception || kind == pgcoro::sqlstate::integrity_constraint_violation;
}

} // namespace

int main(int argc, char** argv) {
    const auto what = arguments::parse(argc, argv);
    if (!what) {
        std::cerr << csv_tool::usage;
        return wrong_usage;
    }
    progress_line line(std::cerr, ::isatty(STDERR_FILENO) != 0);
    const auto outcome = pgcoro::run(copy(*what, line));
    line.end();
    if (outcome) {
        return done;
    }
    const auto& why = outcome.error();
    std::cerr << csv_tool::explain(why, what->file);
    if (why.outcome_unknown()) {
        std::cerr << "  the connection was lost at the end: look whether the rows are there\n";
    }
    return is_about_data(why) ? data_refused : failed;
}
