// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/from-python.md: errors, time limits, many at once, pools, the ways of SQLAlchemy and pandas.
#include "run.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/dynamic_row.hpp>
#include <pgcoro/observer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/print_table.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/transact.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <sstream>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

pgcoro::task<> errors(pgcoro::connection& db) {
    std::string seen;
    // [unique]
    auto made = co_await db.execute("insert into users (name) values ($1)", "Ada");
    if (!made && made.error() == pgcoro::sqlstate::unique_violation) {
        std::cout << made.error().constraint() << ": " << made.error().detail() << '\n'; // users_name_key: Key (name)=(Ada) ...
    } else if (!made) {
        co_return made.error();
    }
    // [/unique]
    expect(made.error().constraint() == "users_name_key");

    const pgcoro::error& e = made.error();
    // [class]
    const bool is_integrity_error =
        pgcoro::sqlstate_class(e.sqlstate()) == pgcoro::sqlstate::integrity_constraint_violation; // class 23
    const bool is_operational_error = e.connection_lost();
    // [/class]
    expect(is_integrity_error && !is_operational_error);

    // [exceptions]
    try {
        (co_await db.execute("insert into users (name) values ($1)", "Ada")).value();
    } catch (const pgcoro::exception& failure) {
        seen = failure.what(); // failure.error() has the rest
    }
    // [/exceptions]
    expect(!seen.empty());
    co_return pgcoro::success();
}

pgcoro::task<> limits(pgcoro::connection& db) {
    // [within]
    auto late = co_await db.fetch_one<int>("select 1 from pg_sleep(60)").within(100ms);
    if (late.error() == pgcoro::errc::timed_out) {
        std::cout << "too slow: cancelled at the server\n";
    }
    // [/within]
    expect(late.error() == pgcoro::errc::timed_out);

    bool is_cancelled = false;
    // [cancel]
    asio::cancellation_signal stop;
    auto on_end = [&](pgcoro::result<int> outcome) { is_cancelled = outcome.error() == asio::error::operation_aborted; };
    db.fetch_one<int>("select 1 from pg_sleep(60)")(asio::bind_cancellation_slot(stop.slot(), on_end));
    stop.emit(asio::cancellation_type::total);
    // [/cancel]
    BOOST_OUTCOME_CO_TRY(co_await db.ping());
    expect(is_cancelled);
    co_return pgcoro::success();
}

pgcoro::task<> pipelines(pgcoro::connection& db) {
    // [pipeline]
    BOOST_OUTCOME_CO_TRY(auto all, co_await db.batch(pgcoro::execute("insert into users (name) values ($1)", "Hal"),
                                                     pgcoro::fetch_one<std::int64_t>("select count(*) from users")));
    auto& [added, count] = all;
    // [/pipeline]
    expect(added.rows_affected() == 1 && count == 2);

    // [gather]
    auto group = asio::experimental::make_parallel_group(db.fetch_one<std::int64_t>("select count(*) from users"),
                                                         db.fetch_one<std::string>("select min(name) from users"));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    auto& [order, users, first] = done;
    // [/gather]
    expect(users.value() == 2 && first.value() == "Ada");
    co_return pgcoro::success();
}

pgcoro::task<> pools(std::string where) {
    const auto executor = co_await asio::this_coro::executor;
    // [pool]
    pgcoro::pool_options options;
    options.min_size = 2;
    options.max_size = 10;
    options.acquire_timeout = 5s; // timeout
    options.max_lifetime = 1h;
    options.on_connect = [](pgcoro::connection& c) -> pgcoro::task<> { // configure, init
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set statement_timeout = '30s'"));
        co_return pgcoro::success();
    };
    pgcoro::pool pool(executor, where, options);
    BOOST_OUTCOME_CO_TRY(co_await pool.open()); // open=True, wait()
    // [/pool]

    // [acquire]
    {
        BOOST_OUTCOME_CO_TRY(auto conn, co_await pool.acquire());
        BOOST_OUTCOME_CO_TRY(co_await conn.execute("select 1"));
    } // it is returned here
    BOOST_OUTCOME_CO_TRY(auto limit,
                         co_await pool.fetch_one<std::string>("show statement_timeout")); // borrows for one statement
    // [/acquire]
    expect(limit == "30s");

    // [stats]
    BOOST_OUTCOME_CO_TRY(auto stats, co_await pool.statistics());
    std::cout << stats.pool_size << ' ' << stats.pool_available << ' ' << stats.requests_num << ' ' << stats.requests_waiting
              << '\n';
    // [/stats]
    expect(stats.pool_size >= 1 && stats.pool_max == 10 && stats.requests_num == 3); // open() is one

    // [retry]
    auto body = [](pgcoro::transaction& tx) -> pgcoro::task<std::int64_t> {
        co_return co_await tx.fetch_one<std::int64_t>("select count(*) from users");
    };
    BOOST_OUTCOME_CO_TRY(auto users, co_await pgcoro::transact(pool, body));
    // [/retry]
    expect(users == 2);
    BOOST_OUTCOME_CO_TRY(co_await pool.close());
    co_return pgcoro::success();
}

// [echo]
class echo : public pgcoro::observer {
    void on_statement_begin(const pgcoro::statement_event& e) noexcept override { lines.push_back(std::string(e.sql())); }

public:
    std::vector<std::string> lines;
};
// [/echo]

pgcoro::task<> engine(std::string where) {
    const auto executor = co_await asio::this_coro::executor;
    // [engine]
    const auto log = std::make_shared<echo>();
    pgcoro::pool_options options;
    options.max_idle = 5;    // pool_size
    options.max_size = 15;   // pool_size + max_overflow
    options.trust_for = 0ms; // pool_pre_ping, together with:
    options.validate_after = 0ms;
    options.max_lifetime = 30min;     // pool_recycle
    options.observers.push_back(log); // echo
    pgcoro::pool engine(executor, where, options);
    // [/engine]

    struct city {
        std::string name;
        int people;
    };
    BOOST_OUTCOME_CO_TRY(co_await engine.execute("create table cities (id int generated always as identity, name text unique,"
                                                 " people int)"));
    // [begin]
    std::vector<city> cities{{"Oslo", 700}, {"Bergen", 290}};
    BOOST_OUTCOME_CO_TRY(auto tx, co_await engine.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute_many("insert into cities (name, people) values ($1, $2)", cities));
    BOOST_OUTCOME_CO_TRY(auto big, co_await tx.fetch<city>("select name, people from cities where people > $1", 500));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    // [/begin]
    expect(big.size() == 1 && big[0].name == "Oslo");

    // [upsert]
    BOOST_OUTCOME_CO_TRY(auto id, co_await engine.fetch_one<int>("insert into cities (name, people) values ($1, $2)"
                                                                 " on conflict (name) do update set people = excluded.people"
                                                                 " returning id",
                                                                 "Oslo", 710));
    // [/upsert]
    expect(id == 1);

    int rows = 0;
    // [partitions]
    BOOST_OUTCOME_CO_TRY(auto result, co_await engine.stream<city>("select name, people from cities"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await result.next_chunk());
        if (chunk.empty()) {
            break;
        }
        rows += static_cast<int>(chunk.size());
    }
    // [/partitions]
    expect(rows == 2);
    expect(std::ranges::count(log->lines, "select name, people from cities where people > $1") == 1);
    co_return pgcoro::success();
}

// [frame]
struct sale {
    std::string item;
    std::optional<double> price;
};
// [/frame]

pgcoro::task<> data_frames(pgcoro::connection& db) {
    // [to_sql]
    std::vector<sale> sales{{"pen", 1.5}, {"ink", 4.0}, {"cup", std::nullopt}};
    const pgcoro::copy_target target("sales", "item", "price");
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("drop table if exists sales")); // if_exists='replace'
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("create table sales (item text, price float8)"));
    BOOST_OUTCOME_CO_TRY(co_await tx.copy_in(target, sales));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    // [/to_sql]

    std::ostringstream out;
    // [read_sql]
    BOOST_OUTCOME_CO_TRY(auto frame, co_await db.fetch("select * from sales order by item"));
    out << frame; // a table, as psql prints it
    for (const auto column : frame.columns()) {
        out << column.name() << ' ' << column.type_name() << '\n'; // df.dtypes
    }
    // [/read_sql]
    expect(out.str().find("(3 rows)\nitem text\nprice float8\n") != std::string::npos);

    // [column]
    BOOST_OUTCOME_CO_TRY(auto prices, co_await db.fetch<std::optional<double>>("select price from sales"));
    double sum = 0;
    for (const auto& price : prices) {
        sum += price.value_or(0);
    }
    // [/column]
    expect(sum == 5.5);
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table users (id bigint generated always as identity, name text unique);"
                                                "insert into users (name) values ('Ada')"));
    BOOST_OUTCOME_CO_TRY(co_await errors(db));
    BOOST_OUTCOME_CO_TRY(co_await limits(db));
    BOOST_OUTCOME_CO_TRY(co_await pipelines(db));
    BOOST_OUTCOME_CO_TRY(co_await pools(where));
    BOOST_OUTCOME_CO_TRY(co_await engine(where));
    BOOST_OUTCOME_CO_TRY(co_await data_frames(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
