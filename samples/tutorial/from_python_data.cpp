// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/from-python.md: large results, COPY, notifications, types, values sent on.
#include "run.hpp"

#include <pgcoro/copy_files.hpp>
#include <pgcoro/copy_rows.hpp>
#include <pgcoro/cursor.hpp>
#include <pgcoro/dynamic_row.hpp>
#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/types.hpp>
#include <pgcoro/types/boost_json.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/src.hpp>
#include <boost/uuid/string_generator.hpp>

#include <chrono>
#include <filesystem>
#include <tuple>
#include <variant>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

// [enum]
enum class mood { sad, fine };
BOOST_DESCRIBE_ENUM(mood, sad, fine)

template <>
struct pgcoro::pg_type<mood> : pgcoro::enum_type<mood> {
    static constexpr std::string_view sql_name = "mood";
};
// [/enum]

// [composite]
struct card {
    std::string suit;
    int value;
};

template <>
struct pgcoro::pg_type<card> : pgcoro::composite_type<card> {
    static constexpr std::string_view sql_name = "card";
};
// [/composite]

namespace {

struct reading {
    int sensor;
    double value;
};

pgcoro::task<double> streamed(pgcoro::connection& db) {
    double sum = 0;
    // [stream]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream<reading>("select sensor, value from readings where sensor > $1", 0));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto r, co_await rows.next());
        if (!r) {
            break;
        }
        sum += r->value;
    }
    // [/stream]
    co_return sum;
}

pgcoro::task<double> by_cursor(pgcoro::connection& db) {
    double sum = 0;
    // [cursor]
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    auto cursor = tx.cursor<reading>("select sensor, value from readings order by sensor");
    BOOST_OUTCOME_CO_TRY(co_await cursor.move(10)); // skips
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto some, co_await cursor.fetch(100)); // like fetchmany(100)
        if (some.empty()) {
            break;
        }
        for (const reading& r : some) {
            sum += r.value;
        }
    }
    // [/cursor]
    co_return sum;
}

pgcoro::task<> copying(pgcoro::connection& db) {
    // [records]
    std::vector<reading> records{{1, 21.5}, {2, 19.0}, {3, 20.5}};
    const pgcoro::copy_target target("readings", "sensor", "value");
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.copy_in(target, records));
    // [/records]
    expect(tag.rows_affected() == 3);

    // [write_rows]
    BOOST_OUTCOME_CO_TRY(auto copy, co_await db.copy_rows<reading>(target));
    for (int sensor = 4; sensor <= 1000; ++sensor) {
        const reading made{sensor, 1.0};
        BOOST_OUTCOME_CO_TRY(co_await copy.write(made));
    }
    BOOST_OUTCOME_CO_TRY(auto written, co_await copy.finish()); // without `finish`, nothing is written
    // [/write_rows]
    expect(written.rows_affected() == 997);

    const auto path = std::filesystem::temp_directory_path() / ("readings-" + std::to_string(db.backend_pid()) + ".csv");
    // [files]
    BOOST_OUTCOME_CO_TRY(auto out, co_await db.copy_out("copy readings to stdout (format csv, header)"));
    BOOST_OUTCOME_CO_TRY(auto saved, co_await pgcoro::copy_to_file(std::move(out), path));
    BOOST_OUTCOME_CO_TRY(auto in, co_await db.copy_in("copy old_readings from stdin (format csv, header)"));
    BOOST_OUTCOME_CO_TRY(auto loaded, co_await pgcoro::copy_from_file(path, std::move(in)));
    // [/files]
    std::filesystem::remove(path);
    expect(saved.rows == 1000 && loaded.rows == 1000);
    co_return pgcoro::success();
}

pgcoro::task<> notifications(pgcoro::connection& db, std::string where) {
    // [listen]
    pgcoro::listener jobs(co_await asio::this_coro::executor, where);
    BOOST_OUTCOME_CO_TRY(co_await jobs.listen("jobs"));
    BOOST_OUTCOME_CO_TRY(co_await db.notify("jobs", "42"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto event, co_await jobs.next());
        if (const auto* n = std::get_if<pgcoro::notification>(&event)) {
            std::cout << n->channel << ": " << n->payload << " from " << n->sender_pid << '\n';
            break;
        }
        // a gap: notifications may have been missed, so read the table
    }
    // [/listen]
    co_return pgcoro::success();
}

pgcoro::task<> types(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create type mood as enum ('sad', 'fine');"
                                                "create type card as (suit text, value int)"));
    // [types]
    using namespace std::chrono;
    const std::vector<std::string> list{"a", "b"};                                            // text[]
    const boost::json::value document{{"name", "Ada"}, {"tags", {1, 2}}};                     // jsonb
    const sys_days day = 2024y / February / 29;                                               // date
    const sys_time<microseconds> moment = floor<microseconds>(system_clock::now());           // timestamptz
    BOOST_OUTCOME_CO_TRY(const auto price, pgcoro::numeric::parse("19.90"));                  // numeric
    const auto id = boost::uuids::string_generator()("6f4bcd9f-5d3c-4b8e-9f3e-3c1d1e0c2b7a"); // uuid
    const pgcoro::range<int> seats(10, 20);                                                   // int4range
    // [/types]
    BOOST_OUTCOME_CO_TRY(auto names, co_await db.fetch_one<std::string>(
                                         "select concat_ws(' ', pg_typeof($1), pg_typeof($2), pg_typeof($3), pg_typeof($4),"
                                         " pg_typeof($5), pg_typeof($6), pg_typeof($7))",
                                         list, document, day, moment, price, id, seats));
    expect(names == "text[] jsonb date timestamp with time zone numeric uuid int4range");
    BOOST_OUTCOME_CO_TRY(auto back, co_await db.fetch_one<boost::json::value>("select $1", document));
    expect(back == document);

    const card ace{"hearts", 1};
    // [use_types]
    using mood_and_card = std::tuple<mood, card>;
    BOOST_OUTCOME_CO_TRY(auto both, co_await db.fetch_one<mood_and_card>("select $1::mood, $2", mood::fine, ace));
    // [/use_types]
    expect(std::get<0>(both) == mood::fine && std::get<1>(both).suit == "hearts");

    // [as_text]
    BOOST_OUTCOME_CO_TRY(auto line, co_await db.fetch_one<std::string>("select ($1::line)::text", "{1,2,3}"));
    // [/as_text]
    expect(line == "{1,2,3}");
    co_return pgcoro::success();
}

// [send_on]
/// Copies the rows of any query into a table of another server.
pgcoro::task<> send_on(pgcoro::connection& from, pgcoro::unchecked_sql query, pgcoro::connection& to, std::string table) {
    BOOST_OUTCOME_CO_TRY(auto rows, co_await from.fetch(std::move(query)));
    std::vector<pgcoro::parameters> copies;
    for (const auto row : rows) {
        auto& values = copies.emplace_back();
        for (const auto field : row) {
            values.push_back(field);
        }
    }
    BOOST_OUTCOME_CO_TRY(co_await to.copy_in(pgcoro::copy_target(table), copies));
    co_return pgcoro::success();
}
// [/send_on]

pgcoro::task<> fields(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table people (id int, feels mood, seen timestamptz[]);"
                                                "create table copies (like people);"
                                                "insert into people values (1, 'fine', '{2024-02-29}'), (2, null, null)"));
    // [field]
    BOOST_OUTCOME_CO_TRY(auto found, co_await db.fetch("select * from people where id = 1"));
    const auto row = found[0];
    BOOST_OUTCOME_CO_TRY(auto same,
                         co_await db.fetch_one<std::int64_t>("select count(*) from people where feels = $1 and seen = $2",
                                                             row["feels"], row["seen"]));
    // [/field]
    expect(same == 1);
    const pgcoro::unchecked_sql query("select * from people");
    BOOST_OUTCOME_CO_TRY(co_await send_on(db, query, db, "copies"));
    BOOST_OUTCOME_CO_TRY(auto missing, co_await db.fetch<int>("select p.id from people p left join copies c"
                                                              " on c is not distinct from p where c.id is null"));
    expect(missing.empty());
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table readings (sensor int, value float8);"
                                                "create table old_readings (like readings)"));
    BOOST_OUTCOME_CO_TRY(co_await copying(db));
    BOOST_OUTCOME_CO_TRY(const double sum, co_await streamed(db));
    expect(sum == 61.0 + 997);
    BOOST_OUTCOME_CO_TRY(const double rest, co_await by_cursor(db));
    expect(rest == 990);
    BOOST_OUTCOME_CO_TRY(co_await notifications(db, where));
    BOOST_OUTCOME_CO_TRY(co_await types(db));
    BOOST_OUTCOME_CO_TRY(co_await fields(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
