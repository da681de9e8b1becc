// SPDX-License-Identifier: BSL-1.0
// Types that change under a session which has used them: dropped and created again, renamed, altered. Their numbers, and the
// statements prepared with these, are of no use any more.
#include "support/judge.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/enum.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

enum class season { summer, winter };

} // namespace

template <>
struct pgcoro::pg_type<season> : pgcoro::enum_type<season> {
    static constexpr std::string_view sql_name = "season";
    static constexpr pgcoro::enum_label<season> labels[] = {{season::summer, "summer"}, {season::winter, "winter"}};
};

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

class types_change : public testing::Test {
protected:
    types_change() {
        judge_.value("set client_min_messages = warning");
        judge_.value("drop table if exists years; drop type if exists season, former cascade; drop domain if exists share");
        judge_.value("create type season as enum ('summer', 'winter'); create table years (s season)");
    }

    static task<> use(connection& c, const char* when) {
        for (int i = 0; i < 3; ++i) {
            auto read = co_await c.fetch_one<season>("select $1::season", season::winter);
            EXPECT_TRUE(read) << when << ": " << error_of(read);
            EXPECT_EQ(read ? read.value() : season::summer, season::winter) << when;
            auto written = co_await c.execute("insert into years values ($1)", season::summer);
            EXPECT_TRUE(written) << when << ": " << error_of(written);
            const std::vector both{season::summer, season::winter};
            auto array = co_await c.fetch_one<std::vector<season>>("select $1::season[]", both);
            EXPECT_TRUE(array) << when << ": " << error_of(array);
            EXPECT_EQ(array ? array.value() : std::vector<season>(), both) << when;
        }
        co_return success();
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_F(types_change, an_enum_that_was_dropped_and_created_again) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use(c, "at first"));
        judge_.value("drop table years; drop type season; create type season as enum ('summer', 'winter');"
                     "create table years (s season)");
        BOOST_OUTCOME_CO_TRY(co_await use(c, "created again"));
        co_return success();
    });
}

TEST_F(types_change, an_enum_that_was_renamed_and_replaced) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use(c, "at first"));
        judge_.value("alter type season rename to former; create type season as enum ('summer', 'winter');"
                     "alter table years alter s type season using s::text::season");
        BOOST_OUTCOME_CO_TRY(co_await use(c, "replaced"));
        co_return success();
    });
}

TEST_F(types_change, in_a_transaction_is_safe_to_retry) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use(c, "at first"));
        judge_.value("drop table years; drop type season; create type season as enum ('summer', 'winter');"
                     "create table years (s season)");
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            auto refused = co_await tx.execute("insert into years values ($1)", season::summer);
            EXPECT_FALSE(refused);
            EXPECT_TRUE(error_of(refused).safe_to_retry()) << error_of(refused);
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into years values ($1)", season::summer));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
}

TEST_F(types_change, a_domain_that_got_another_constraint_says_so) {
    judge_.value("create domain share as int");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto use = [&](int n) { return c.fetch_one<int>("select $1::int::share", n); };
        BOOST_OUTCOME_CO_TRY(co_await use(7));
        judge_.value("alter domain share add check (value < 5)");
        auto refused = co_await use(7);
        EXPECT_EQ(error_of(refused), sqlstate::check_violation);
        BOOST_OUTCOME_CO_TRY(auto small, co_await use(3));
        EXPECT_EQ(small, 3);
        judge_.value("drop domain share; create domain share as text");
        auto other = co_await c.fetch_one<std::string>("select $1::text::share", "x");
        EXPECT_TRUE(other) << error_of(other);
        auto changed = co_await use(3);
        EXPECT_EQ(error_of(changed), pgcoro::errc::type_mismatch) << "the column is text now";
        co_return success();
    });
}

} // namespace
