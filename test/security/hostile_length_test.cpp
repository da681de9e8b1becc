// SPDX-License-Identifier: BSL-1.0
// Lines that garble how long ReadyForQuery is: libpq waits for the rest of it, and is given bytes that show that there is none.
#include "security/hostile.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;

std::string unready_answer(std::string_view value) {
    return begun() + columns({{"answer"}}) + row({value}) + complete("SELECT 1");
}

std::string answer_to_probe() { return answer(std::string(32768, 'x')); }

/// A statement is answered, and behind that comes a ReadyForQuery of this length. If the client then asks for more, it gets it.
void expect_lost_after_ready_of(std::int64_t length) {
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(unready_answer("x") + with_length('Z', length, "I"));
        co_await client.answer_with(answer_to_probe());
        co_await client.stay();
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        const auto r = co_await c.fetch_one<std::string>(unchecked_sql("select 'x'")).within(long_enough);
        EXPECT_EQ(error_of(r), errc::connection_lost) << error_of(r);
        EXPECT_TRUE(error_of(r).outcome_unknown());
        EXPECT_FALSE(c.is_open());
        co_return success();
    });
}

TEST(hostile_length, of_ready_that_other_messages_could_fill_is_found_by_asking_for_more) {
    expect_lost_after_ready_of(5 + 256);
}

TEST(hostile_length, of_ready_that_nothing_could_have_ends_the_connection) { expect_lost_after_ready_of(5 + (1 << 24)); }

// As when a deferred constraint or a synchronous standby holds up the end of the implicit transaction.
TEST(hostile_length, is_not_suspected_of_a_server_that_is_slow_to_be_ready) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(unready_answer("first"));
        const auto probe = co_await client.hear('P');
        EXPECT_NE(probe.find("repeat"), std::string::npos) << probe;
        co_await client.say(ready());
        co_await client.answer_with(answer_to_probe());
        co_await client.answer_with(answer("second"));
        co_await client.stay();
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        for (const char* sql : {"first", "second"}) {
            BOOST_OUTCOME_CO_TRY(const auto value, co_await c.fetch_one<std::string>(unchecked_sql(sql)).within(long_enough));
            EXPECT_EQ(value, sql);
        }
        co_return success();
    });
}

} // namespace
