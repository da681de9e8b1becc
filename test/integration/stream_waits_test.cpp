// SPDX-License-Identifier: BSL-1.0
// Streams that cannot begin at once: types or columns are asked for first, a statement is in flight, a table is locked.
#include "cancel_fixture.hpp"

#include <pgcoro/types.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace stream_waits_types {

enum class weather { fine, wet };

} // namespace stream_waits_types

template <>
struct pgcoro::pg_type<stream_waits_types::weather> : pgcoro::enum_type<stream_waits_types::weather> {
    static constexpr std::string_view sql_name = "stream_weather";
    static constexpr pgcoro::enum_label<stream_waits_types::weather> labels[] = {{stream_waits_types::weather::fine, "fine"},
                                                                                 {stream_waits_types::weather::wet, "wet"}};
};

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using stream_waits = cancelling;
using stream_waits_types::weather;

task<std::vector<int>> all_of(pgcoro::result<pgcoro::row_stream<int>> opened) {
    BOOST_OUTCOME_CO_TRY(auto rows, std::move(opened));
    std::vector<int> all;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto row, co_await rows.next());
        if (!row) {
            co_return all;
        }
        all.push_back(*row);
    }
}

TEST_F(stream_waits, for_the_types_of_its_values_and_for_its_columns) {
    judge_.value("drop type if exists stream_weather; create type stream_weather as enum ('fine', 'wet')");
    with_connection(config(), [](connection& c) -> task<> {
        for (int i = 0; i < 2; ++i) {
            auto opened = co_await c.stream<int>("select n from generate_series(1, 3) n where $1 = 'wet'", weather::wet);
            BOOST_OUTCOME_CO_TRY(const auto all, co_await all_of(std::move(opened)));
            EXPECT_EQ(all, (std::vector{1, 2, 3}));
        }
        co_return success();
    });
    judge_.value("drop type stream_weather");
}

TEST_F(stream_waits, for_what_is_in_flight_behind_a_transaction_that_did_nothing) {
    with_connection(config(), [&](connection& c) -> task<> {
        const auto series = [&] { return c.stream<int>("select generate_series(1, $1)", 3); };
        BOOST_OUTCOME_CO_TRY(co_await all_of(co_await series())); // its columns are known now
        started blocked(c.fetch_one<int>("select 42 from (select pg_advisory_xact_lock(7)) b"));
        co_await until_blocked(judge_, c);
        static_cast<void>(co_await c.begin()); // and rolled back
        started opened(series());
        co_await until_sent();
        unlock();
        BOOST_OUTCOME_CO_TRY(const auto answer, co_await blocked.get());
        EXPECT_EQ(answer, 42);
        BOOST_OUTCOME_CO_TRY(const auto all, co_await all_of(co_await opened.get()));
        EXPECT_EQ(all, (std::vector{1, 2, 3}));
        co_return success();
    });
}

// What the server is asked about them first waits for the lock, too.
TEST_F(stream_waits, for_a_locked_table_until_its_deadline_and_no_longer) {
    with_connection(config(), [&](connection& c) -> task<> {
        libpq_session migration(shared_server().dsn());
        migration.value("begin; lock table cancelled in access exclusive mode");
        auto late = co_await c.stream<int>("select id from cancelled where id > $1", 0).within(100ms);
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_TRUE(error_of(late).is(pgcoro::error::nothing_sent));
        BOOST_OUTCOME_CO_TRY(const auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);

        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = co_await tx.fetch("select id, 'x' from cancelled").within(100ms);
        EXPECT_EQ(error_of(rows), errc::timed_out);
        EXPECT_TRUE(error_of(rows).is(pgcoro::error::nothing_sent));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        rows = co_await tx.fetch("select id, 'y' from cancelled").within(100ms);
        EXPECT_EQ(error_of(rows), errc::timed_out);
        EXPECT_FALSE(error_of(rows).safe_to_retry()) << "the transaction has failed";
        EXPECT_EQ(error_of(co_await tx.commit()), errc::transaction_rolled_back);

        started patient(c.stream<int>("select id from cancelled where id > $1", 0).within(1h));
        co_await until_blocked(judge_, c);
        migration.value("rollback");
        BOOST_OUTCOME_CO_TRY(const auto none, co_await all_of(co_await patient.get()));
        EXPECT_TRUE(none.empty());
        co_return success();
    });
}

// Nothing was learned from a question that was stopped.
TEST_F(stream_waits, for_its_columns_again_after_they_were_not_told) {
    judge_.value("drop table if exists guarded; create table guarded (acl aclitem); "
                 "insert into guarded values (makeaclitem(10, 10, 'SELECT', false))");
    with_connection(config(), [&](connection& c) -> task<> {
        libpq_session migration(shared_server().dsn());
        migration.value("begin; lock table guarded in access exclusive mode");
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        const auto read = [&] { return tx.fetch_one<std::string>("select acl from guarded"); };
        EXPECT_EQ(error_of(co_await read().within(100ms)), errc::timed_out);
        migration.value("rollback");
        BOOST_OUTCOME_CO_TRY(const auto text, co_await read()); // which has no binary form
        EXPECT_EQ(text, "postgres=r/postgres");
        co_return success();
    });
    judge_.value("drop table guarded");
}

} // namespace
