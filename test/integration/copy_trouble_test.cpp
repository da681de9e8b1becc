// SPDX-License-Identifier: BSL-1.0
// COPY and those around it when something is in the way: a line that brings half a message, code that throws, callers who will
// not take no for an answer.
#include "support/hostile_server.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

/// A number that will not be written.
struct stubborn {
    int value;
};

} // namespace

template <>
struct pgcoro::pg_type<stubborn> {
    static constexpr pgcoro::oid_number oid = pgcoro::oids::int4;
    static constexpr std::string_view name = "stubborn";
    static void encode(const stubborn& s, pgcoro::value_writer& out) {
        if (s.value == 3) {
            throw std::runtime_error("not three");
        }
        pgcoro::pg_type<std::int32_t>::encode(s.value, out);
    }
};

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;

TEST(copy_trouble, an_encoder_that_throws_undoes_the_copy) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_rows<stubborn>("t"));
        for (int i = 0; i < 3; ++i) {
            const stubborn row{i};
            BOOST_OUTCOME_CO_TRY(co_await writer.write(row));
        }
        const stubborn third{3};
        const auto why = error_of(co_await writer.write(third));
        EXPECT_EQ(why, errc::hook_failed);
        EXPECT_NE(why.message().find("not three"), std::string::npos) << why.message();
        EXPECT_EQ(error_of(co_await writer.finish()), errc::hook_failed);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(n, 0);
        co_return pgcoro::success();
    });
}

// The other half of a notice is late, as it is if the network has lost it and sends it again. It looks as if the server had
// failed. Meanwhile nothing is sent, and then all of it.
TEST(copy_trouble, half_a_notice_is_no_failure) {
    asio::io_context loop(1);
    bool was_ended = false;
    hostile_server server(loop, [&](victim& client) -> asio::awaitable<void> {
        co_await client.let_in();
        co_await client.hear('Q');
        co_await client.say(message('G', std::string(1, '\0') + int16(0)));
        co_await client.hear('d');
        const auto half = notice("one row less").size() / 2;
        co_await client.say(notice("one row less").substr(0, half));
        asio::steady_timer late(co_await asio::this_coro::executor, 300ms);
        co_await late.async_wait(asio::use_awaitable);
        co_await client.say(notice("one row less").substr(half));
        co_await client.hear('c'); // not CopyFail, which would leave it waiting
        was_ended = true;
        co_await client.say(complete("COPY 2") + ready());
        co_await client.stay();
    });
    std::string told;
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(server.config()));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write(std::string(100'000, 'x')));
        asio::steady_timer slow(co_await asio::this_coro::executor, 200ms);
        boost::system::error_code none;
        co_await slow.async_wait(asio::redirect_error(asio::use_awaitable, none));
        BOOST_OUTCOME_CO_TRY(co_await writer.write(std::string(100'000, 'y')));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        told = tag.text();
        co_return pgcoro::success();
    };
    asio::co_spawn(loop, body, [](std::exception_ptr thrown, pgcoro::result<void> r) {
        EXPECT_FALSE(thrown);
        EXPECT_TRUE(r) << r.error();
    });
    loop.run_for(patience);
    EXPECT_EQ(told, "COPY 2");
    EXPECT_TRUE(was_ended);
}

// What is refused at once and tried again at once would otherwise keep the loop to itself, and the stream would never end.
TEST(copy_trouble, those_who_are_refused_and_try_again_leave_the_loop_to_others) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 50000)"));
        std::uint64_t refusals = 0;
        bool through = false;
        const auto retry = [&]() -> asio::awaitable<void> {
            while (!through) {
                const auto outcome = co_await c.execute("select 1");
                through = bool(outcome);
                refusals += through ? 0 : 1;
            }
        };
        asio::co_spawn(co_await asio::this_coro::executor, retry, asio::detached);
        std::size_t read = 0;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
            if (chunk.empty()) {
                break;
            }
            read += chunk.size();
        }
        EXPECT_EQ(read, 50000u);
        while (!through) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_GT(refusals, 0u);
        co_return pgcoro::success();
    });
}

} // namespace
