// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/bulk.md.
#include "run.hpp"

#include <pgcoro/copy_files.hpp>
#include <pgcoro/large_object.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/transfer.hpp>

#include <boost/asio/this_coro.hpp>

#include <filesystem>
#include <iostream>

using tutorial::expect;

namespace {

pgcoro::task<> write_rows(pgcoro::connection& db) {
    // [copy_in]
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy readings from stdin (format csv)"));
    BOOST_OUTCOME_CO_TRY(co_await writer.write("2026-11-28,21"));
    BOOST_OUTCOME_CO_TRY(co_await writer.write(".5\n2026-11-29,22.0\n")); // a piece may end anywhere
    BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
    std::cout << tag.rows_affected() << " rows\n"; // committed
    // [/copy_in]
    expect(tag.rows_affected() == 2);
    co_return pgcoro::success();
}

pgcoro::task<> bad_line(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy readings from stdin (format csv)"));
    // [bad_line]
    BOOST_OUTCOME_CO_TRY(co_await writer.write("2026-11-28,21.5\n2026-11-29,warm\n"));
    auto refused = co_await writer.finish();
    // line 2: invalid input syntax for type double precision: "warm"
    std::cout << "line " << pgcoro::copy_line(refused.error()) << ": " << refused.error().message() << '\n';
    // [/bad_line]
    expect(pgcoro::copy_line(refused.error()) == 2);
    co_return pgcoro::success();
}

pgcoro::task<std::uint64_t> read_rows(pgcoro::connection& db) {
    std::uint64_t size = 0;
    // [copy_out]
    BOOST_OUTCOME_CO_TRY(auto reader, co_await db.copy_out("copy (select * from readings where value > 21) to stdout"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
        if (bytes.empty()) {
            break; // the server has confirmed the end
        }
        size += bytes.size();
    }
    // [/copy_out]
    co_return size;
}

// [transfer]
pgcoro::task<std::uint64_t> move_readings(pgcoro::connection& old_db, pgcoro::connection& new_db) {
    BOOST_OUTCOME_CO_TRY(auto from, co_await old_db.copy_out("copy readings to stdout (format binary)"));
    BOOST_OUTCOME_CO_TRY(auto to, co_await new_db.copy_in("copy moved_readings from stdin (format binary)"));
    auto show = [](const pgcoro::transfer_report& r) { std::cout << r.rows << " rows, " << r.bytes_per_second() << " B/s\n"; };
    BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(from), std::move(to), show));
    co_return report.rows;
}
// [/transfer]

// [large_object]
pgcoro::task<pgcoro::object_id> add_talk(pgcoro::connection& db, std::string title, std::filesystem::path video) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::import_large_object(tx, video));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into talks (title, video) values ($1, $2)", title, object));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return object;
}
// [/large_object]

// [read_object]
pgcoro::task<std::uint64_t> save_talk(pgcoro::connection& db, pgcoro::object_id video, std::filesystem::path to) {
    pgcoro::transaction_options one_state;
    one_state.isolation = pgcoro::isolation_level::repeatable_read;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin(one_state));
    co_return co_await pgcoro::export_large_object(tx, video, to);
}
// [/read_object]

pgcoro::task<> script(pgcoro::connection& db) {
    // [script]
    const std::string migration = "create table sensors (id int primary key, name text);\n"
                                  "insert into sensors values (1, 'roof');\n"
                                  "insert into senors values (2, 'cellar');\n";
    auto outcome = co_await db.run_script(migration);
    if (!outcome) {
        const auto where = pgcoro::position_in(migration, outcome.error()); // line 3, column 13; nothing of the script remains
        std::cout << where.line << ':' << where.column << ": " << outcome.error().message() << '\n';
    }
    // [/script]
    expect(!outcome && pgcoro::position_in(migration, outcome.error()) == pgcoro::script_position{3, 13});
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table readings (day date, value float8);"
                                                "create table moved_readings (like readings);"
                                                "create table talks (title text, video oid);"));
    BOOST_OUTCOME_CO_TRY(co_await write_rows(db));
    BOOST_OUTCOME_CO_TRY(co_await bad_line(db));
    BOOST_OUTCOME_CO_TRY(auto size, co_await read_rows(db));
    expect(size > 0);
    BOOST_OUTCOME_CO_TRY(auto moved, co_await move_readings(db, other));
    expect(moved == 2);
    BOOST_OUTCOME_CO_TRY(auto talk, co_await add_talk(db, "COPY", "/proc/self/exe"));
    BOOST_OUTCOME_CO_TRY(auto saved, co_await save_talk(db, talk, "/dev/null"));
    expect(saved == std::filesystem::file_size("/proc/self/exe"));
    co_return co_await script(db);
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, &lesson); }
