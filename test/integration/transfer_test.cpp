// SPDX-License-Identifier: BSL-1.0
// From one COPY into another.
#include "copy_fixture.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/transfer.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transfer_report;
using namespace std::chrono_literals;

/// With a connection to copy from, and one to copy to that has a table t (a int primary key, b text).
void with_two(const std::function<task<>(connection& from, connection& to)>& body) {
    with_connection(shared_server().dsn(), [&](connection& from) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto to, co_await pgcoro::connect(shared_server().dsn()));
        BOOST_OUTCOME_CO_TRY(co_await make_table(to));
        auto outcome = co_await body(from, to);
        co_return outcome;
    });
}

TEST(transfer, moves_every_row_in_any_format) {
    with_two([](connection& from, connection& to) -> task<> {
        for (const std::string format : {"text", "csv", "binary"}) {
            const std::string source =
                "copy (select n, repeat('x', n % 300) || e'\\n\"' from generate_series(1, 50000) n) to stdout";
            BOOST_OUTCOME_CO_TRY(co_await to.execute("truncate t"));
            BOOST_OUTCOME_CO_TRY(auto reader,
                                 co_await from.copy_out(pgcoro::unchecked_sql(source + " (format " + format + ")")));
            BOOST_OUTCOME_CO_TRY(auto writer,
                                 co_await to.copy_in(pgcoro::unchecked_sql("copy t from stdin (format " + format + ")")));

            BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(reader), std::move(writer)));

            EXPECT_EQ(report.tag, "COPY 50000");
            EXPECT_EQ(report.rows, 50000u);
            EXPECT_GT(report.bytes, 50000u * 150);
            const auto kept = "select count(*) from t where b = repeat('x', a % 300) || e'\\n\"'";
            BOOST_OUTCOME_CO_TRY(auto n, co_await to.fetch_one<std::int64_t>(pgcoro::unchecked_sql(kept)));
            EXPECT_EQ(n, 50000);
        }
        co_return success();
    });
}

TEST(transfer, reports_progress_by_the_clock_it_is_given) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await from.copy_out("copy (select n, null from generate_series(1, 300000) n) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin where a % 2 = 0"));
        std::vector<transfer_report> reports;
        std::chrono::steady_clock::time_point now{};
        pgcoro::progress_meter meter([&](const transfer_report& r) { reports.push_back(r); }, 100ms,
                                     [&] { return now += 100ms; });

        BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(reader), std::move(writer), meter));

        EXPECT_GT(reports.size(), 2u);
        for (std::size_t i = 1; i + 1 < reports.size(); ++i) {
            EXPECT_GT(reports[i].bytes, reports[i - 1].bytes);
            EXPECT_GT(reports[i].rows, reports[i - 1].rows);
            EXPECT_EQ(reports[i].tag, "");
        }
        EXPECT_EQ(reports[reports.size() - 2].rows, 300000u); // all that was read
        EXPECT_EQ(reports.back().rows, 150000u);              // all that was kept
        EXPECT_EQ(reports.back().tag, report.tag.text());
        co_return success();
    });
}

TEST(transfer, of_nothing_succeeds) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader, co_await from.copy_out("copy (select 1, 'x' where false) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));

        BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(reader), std::move(writer)));

        EXPECT_EQ(report.tag, "COPY 0");
        EXPECT_EQ(report.bytes, 0u);
        co_return success();
    });
}

TEST(transfer, that_the_source_fails_leaves_nothing_at_the_target) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader, co_await from.copy_out(
                                              "copy (select n, 1 / (90000 - n) from generate_series(1, 100000) n) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));

        const auto outcome = co_await pgcoro::transfer(std::move(reader), std::move(writer));

        EXPECT_EQ(error_of(outcome), sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        BOOST_OUTCOME_CO_TRY(auto one, co_await from.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(transfer, that_the_target_refuses_ends_the_source) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await from.copy_out("copy (select generate_series(1, 100000000) % 100, 1) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));

        const auto outcome = co_await pgcoro::transfer(std::move(reader), std::move(writer));

        EXPECT_EQ(error_of(outcome), sqlstate::unique_violation);
        EXPECT_FALSE(error_of(outcome).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        BOOST_OUTCOME_CO_TRY(auto one, co_await from.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(transfer, whose_source_is_lost_leaves_nothing_at_the_target) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await from.copy_out("copy (select generate_series(1, 100000000), null) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));
        bool ended = false;
        pgcoro::progress_meter meter(
            [&](const transfer_report&) {
                if (!std::exchange(ended, true)) {
                    shared_server().run_sql("select pg_terminate_backend(" + std::to_string(from.backend_pid()) + ")").value();
                }
            },
            0ms);

        const auto outcome = co_await pgcoro::transfer(std::move(reader), std::move(writer), meter);

        EXPECT_TRUE(error_of(outcome).connection_lost());
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(transfer, that_is_cancelled_leaves_nothing_and_two_usable_connections) {
    with_two([](connection& from, connection& to) -> task<> {
        using namespace boost::asio::experimental::awaitable_operators;
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await from.copy_out("copy (select generate_series(1, 100000000), null) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));
        asio::steady_timer enough(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
        pgcoro::progress_meter meter([&](const transfer_report&) { enough.cancel(); }, 0ms);
        boost::system::error_code fired;

        const auto first = co_await (pgcoro::transfer(std::move(reader), std::move(writer), meter) ||
                                     enough.async_wait(asio::redirect_error(asio::use_awaitable, fired)));

        EXPECT_EQ(first.index(), 1u);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        BOOST_OUTCOME_CO_TRY(auto one, co_await from.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(transfer, passes_on_what_its_observer_throws) {
    with_two([](connection& from, connection& to) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await from.copy_out("copy (select n, null from generate_series(1, 100) n) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await to.copy_in("copy t from stdin"));
        pgcoro::progress_meter meter([](const transfer_report&) { throw std::runtime_error("observed"); }, 0ms);

        try {
            EXPECT_FALSE(error_of(co_await pgcoro::transfer(std::move(reader), std::move(writer), meter)));
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::runtime_error& e) {
            EXPECT_STREQ(e.what(), "observed");
        }

        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(transfer, on_one_connection_is_refused_when_the_second_copy_is_opened) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select generate_series(1, 1000000)) to stdout"));

        EXPECT_EQ(error_of(co_await c.copy_in("copy t from stdin")), errc::stream_open);

        BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(shared_server().dsn()));
        BOOST_OUTCOME_CO_TRY(co_await other.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await other.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(reader), std::move(writer)));
        EXPECT_EQ(report.rows, 1000000u);
        co_return success();
    });
}

TEST(transfer, between_two_transactions_is_part_of_them) {
    with_two([](connection& from, connection& to) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto source, co_await from.begin());
            BOOST_OUTCOME_CO_TRY(auto target, co_await to.begin());
            BOOST_OUTCOME_CO_TRY(auto reader, co_await source.copy_out("copy (select 1, 'x') to stdout"));
            BOOST_OUTCOME_CO_TRY(auto writer, co_await target.copy_in("copy t from stdin"));
            BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(reader), std::move(writer)));
            EXPECT_EQ(report.rows, 1u);
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(to));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(transfer, without_a_session_fails) {
    run([]() -> task<> {
        EXPECT_EQ(error_of(co_await pgcoro::transfer(pgcoro::copy_reader(), pgcoro::copy_writer())), errc::connection_closed);
        co_return success();
    });
}

} // namespace
