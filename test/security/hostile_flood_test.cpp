// SPDX-License-Identifier: BSL-1.0
// Servers that talk on and on, or at great length: other work goes on, deadlines hold, and memory does not grow with what is
// not kept.
#include "security/hostile.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <functional>

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::task;

/// Says the same again and again, for longer than the tests listen; a client without deadlines gets to the end in seconds.
asio::awaitable<void> say_at_length(victim& client, std::string bytes) {
    std::string many;
    while (many.size() < 64 * 1024) {
        many += bytes;
    }
    for (std::size_t said = 0; said < 256 * megabyte; said += many.size()) {
        co_await client.say(many);
    }
    co_await client.stay();
}

/// Other work on a loop: it counts how often it had its turn.
class other_work {
public:
    explicit other_work(asio::io_context& loop) { asio::co_spawn(loop, work(), asio::detached); }
    other_work(const other_work&) = delete;
    other_work& operator=(const other_work&) = delete;

    std::size_t turns() const noexcept { return turns_; }
    void stop() noexcept { stopped_ = true; }

private:
    asio::awaitable<void> work() {
        for (; !stopped_; ++turns_) {
            co_await asio::post(asio::use_awaitable);
        }
    }

    std::size_t turns_ = 0;
    bool stopped_ = false;
};

/// Plays `script`, and runs `body` while there is other work. What `body` gives is an error; it has to be `errc::timed_out`.
void expect_patience(hostile_server::script script, const std::function<asio::awaitable<error>(pgcoro::connect_config)>& body) {
    const auto before = resident();
    asio::io_context loop(1);
    hostile_server server(loop, std::move(script));
    other_work work(loop);
    const auto all = [&]() -> task<> {
        const error why = co_await body(server.config());
        EXPECT_EQ(why, errc::timed_out) << why;
        work.stop();
        co_return success();
    };
    run(loop, all);
    EXPECT_GT(work.turns(), 10u); // frozen, it would have had one
    expect_growth_below(50 * megabyte, before);
}

TEST(hostile_flood, notices_while_connecting) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say(authentication(0));
        co_await say_at_length(client, notice("and another thing"));
    };
    expect_patience(script, [](pgcoro::connect_config config) -> asio::awaitable<error> {
        auto made = co_await pgcoro::connect(config.attempt_timeout(500ms)).within(long_enough);
        co_return error_of(made);
    });
}

TEST(hostile_flood, notices_while_a_statement_runs) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.let_in();
        co_await client.hear('S');
        co_await say_at_length(client, notice("and another thing"));
    };
    std::size_t heard = 0;
    expect_patience(script, [&](pgcoro::connect_config config) -> asio::awaitable<error> {
        config.on_notice([&](const pgcoro::notice&) { ++heard; });
        auto c = co_await pgcoro::connect(config).within(long_enough);
        auto told = co_await c.value().execute("select 1").within(500ms);
        co_return error_of(told);
    });
    EXPECT_GT(heard, 0u);
}

TEST(hostile_flood, rows_of_a_statement_that_was_given_up_end_with_the_connection) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.let_in();
        co_await client.hear('S');
        // As many as it likes: a result is kept as a whole, so this is memory.
        const auto rows = begun() + columns({{"a"}}) + row({std::string(10 * megabyte, 'x')});
        co_await client.say(rows);
        co_await client.stay();
    };
    expect_patience(script, [](pgcoro::connect_config config) -> asio::awaitable<error> {
        auto c = co_await pgcoro::connect(config).within(long_enough);
        auto told = co_await c.value().execute("select 1").within(500ms);
        co_return error_of(told);
    });
}

// An idle connection does not read: what nobody asked for stays in the kernel, and the server has to wait.
TEST(hostile_flood, what_an_idle_connection_is_told_is_not_read) {
    std::size_t said = 0;
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        const std::string chunk(64 * 1024, 'x');
        for (; said < 64 * megabyte; said += chunk.size()) {
            co_await client.say(notice(chunk));
        }
        co_await client.stay();
    };
    with_hostile_server(script, [&](connection&) -> task<> {
        for (std::size_t before = 1, quiet = 0; quiet < 1000; ++quiet) {
            quiet = before == said ? quiet : 0;
            before = said;
            co_await until_sent();
        }
        co_return success();
    });
    EXPECT_LT(said, 30 * megabyte); // the kernel's buffers
}

TEST(hostile_flood, an_error_of_a_hundred_megabytes) {
    const auto before = resident();
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(failure("22012", std::string(100 * megabyte, 'x')) + ready());
        co_await client.answer_with(begun() + complete("SELECT 1") + ready());
        co_await client.stay();
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        auto told = co_await c.execute(pgcoro::unchecked_sql("select 1")).within(long_enough);
        EXPECT_EQ(error_of(told), pgcoro::sqlstate::division_by_zero);
        EXPECT_EQ(error_of(told).message().size(), 100 * megabyte);
        auto next = co_await c.execute(pgcoro::unchecked_sql("select 1")).within(long_enough);
        EXPECT_TRUE(next) << error_of(next);
        co_return success();
    });
    expect_growth_below(100 * megabyte, before);
}

TEST(hostile_flood, a_length_is_not_believed_before_the_bytes_are_there) {
    const auto before = resident();
    const auto script = [](victim& client) -> asio::awaitable<void> {
        const auto beginning = begun() + columns({{"a"}}) + with_length('D', 200'000'000, "");
        co_await client.answer_with(beginning);
        co_await client.stay();
    };
    with_hostile_server(script, [&](connection& c) -> task<> {
        auto told = co_await c.execute(pgcoro::unchecked_sql("select 1")).within(200ms);
        EXPECT_TRUE(error_of(told) == errc::timed_out || error_of(told).connection_lost()) << error_of(told);
        expect_growth_below(50 * megabyte, before);
        co_return success();
    });
}

} // namespace
