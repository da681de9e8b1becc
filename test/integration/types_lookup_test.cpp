// SPDX-License-Identifier: BSL-1.0
// A deadline that passes, or a cancellation, while the server is being asked about a type: the caller is told at once, and
// the others get what is theirs.
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types/enum.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum class weather { sun, rain };

} // namespace

template <>
struct pgcoro::pg_type<weather> : pgcoro::enum_type<weather> {
    static constexpr std::string_view sql_name = "weather";
    static constexpr pgcoro::enum_label<weather> labels[] = {{weather::sun, "sun"}, {weather::rain, "rain"}};
};

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::result;
using pgcoro::task;
using pgcoro::unchecked_sql;

class type_lookup_lost : public testing::Test {
protected:
    void SetUp() override {
        judge_.value("set client_min_messages = warning");
        judge_.value("drop type if exists weather cascade; create type weather as enum ('sun', 'rain')");
        judge_.value("drop table if exists days; create table days (n int, w weather)");
    }

    libpq_session judge_{shared_server().dsn()};
};

enum class way { deadline, cancellation };

class type_lookup : public type_lookup_lost, public testing::WithParamInterface<way> {
protected:
    // Only what looks types up reads pg_range: it has to wait while somebody else keeps that for himself.
    void keep_lookups_waiting() { EXPECT_EQ(judge_.value("begin; lock table pg_range in access exclusive mode"), ""); }
    void let_lookups_go() { EXPECT_EQ(judge_.value("commit"), ""); }

    /// Starts an operation whose lookup waits, and waits until it is given up.
    template <class T>
    asio::awaitable<error> give_up(connection& c, pgcoro::operation<T> op) {
        std::optional<error> told;
        asio::cancellation_signal signal;
        const auto note = [&](const result<T>& r) { told = error_of(r); };
        if (GetParam() == way::deadline) {
            std::move(op).within(300ms)(note);
        } else {
            std::move(op)(asio::bind_cancellation_slot(signal.slot(), note));
        }
        co_await until_blocked(observer_, c);
        signal.emit(asio::cancellation_type::terminal);
        while (!told) {
            co_await asio::post(asio::use_awaitable);
        }
        if (GetParam() == way::deadline) {
            EXPECT_EQ(*told, errc::timed_out);
        } else {
            EXPECT_EQ(told->code(), boost::system::errc::operation_canceled) << *told;
        }
        EXPECT_FALSE(told->connection_lost());
        co_return *told;
    }

    libpq_session observer_{shared_server().dsn()};
};

TEST_P(type_lookup, given_up_for_a_result_the_outcome_is_unknown_and_the_others_get_theirs) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        keep_lookups_waiting();
        const auto told = co_await give_up(c, c.fetch_one<weather>("insert into days values (1, 'sun') returning w"));
        EXPECT_TRUE(told.outcome_unknown());
        EXPECT_FALSE(told.safe_to_retry());
        started same(c.fetch_one<weather>("select 'rain'::weather"));
        started other(c.fetch_one<int>("select 42"));
        let_lookups_go();
        BOOST_OUTCOME_CO_TRY(auto today, co_await same.get());
        EXPECT_EQ(today, weather::rain);
        BOOST_OUTCOME_CO_TRY(auto answer, co_await other.get());
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(judge_.value("select count(*) from days"), "1") << "it was done";
}

TEST_P(type_lookup, given_up_for_a_value_nothing_was_sent_and_the_others_get_theirs) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        keep_lookups_waiting();
        const std::vector<weather> both{weather::sun, weather::rain};
        const auto told = co_await give_up(c, c.execute("insert into days select 2, unnest($1)", both));
        EXPECT_TRUE(told.safe_to_retry());
        EXPECT_FALSE(told.outcome_unknown());
        started same(c.execute("insert into days select 3, unnest($1)", both));
        started other(c.fetch_one<int>("select 42"));
        let_lookups_go();
        BOOST_OUTCOME_CO_TRY(co_await same.get());
        BOOST_OUTCOME_CO_TRY(auto answer, co_await other.get());
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(judge_.value("select string_agg(n::text, ',') from days"), "3,3");
}

TEST_F(type_lookup_lost, a_statement_that_was_read_may_have_been_done) {
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        const auto before = between.heard('S');
        started inserted(c.fetch_one<weather>("insert into days values (1, 'sun') returning w"));
        const auto lookup_is_asked = [&] { return between.heard('S') == before + 2; };
        co_await until_true([&] { return between.heard('S') == before + 1; });
        between.keep(); // the lookup is the next thing to come
        co_await until_true(lookup_is_asked);
        between.cut();
        auto told = co_await inserted.get();
        EXPECT_TRUE(error_of(told).connection_lost());
        EXPECT_TRUE(error_of(told).outcome_unknown());
        EXPECT_FALSE(error_of(told).safe_to_retry());
        co_return success();
    };
    pgcoro::test::run(loop, body);
    EXPECT_EQ(judge_.value("select count(*) from days"), "1");
}

INSTANTIATE_TEST_SUITE_P(by, type_lookup, testing::Values(way::deadline, way::cancellation),
                         [](const auto& chosen) { return chosen.param == way::deadline ? "deadline" : "cancellation"; });

} // namespace
