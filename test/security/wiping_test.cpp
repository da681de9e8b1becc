// SPDX-License-Identifier: BSL-1.0
// Passwords in memory: what we give back to the heap holds none. Looks at each block that C++ code frees; libpq's memory is
// libpq's.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

constexpr std::string_view long_secret = "a password that no short string can hold";
constexpr std::string_view short_secret = "pa55-w0rd";

std::atomic<bool> watching = false;
std::atomic<int> found = 0;

void look_at(void* block) noexcept {
    if (!block || !watching) {
        return;
    }
    const std::string_view bytes(static_cast<const char*>(block), ::malloc_usable_size(block));
    if (bytes.find(long_secret) != bytes.npos || bytes.find(short_secret) != bytes.npos) {
        ++found;
    }
}

} // namespace

void* operator new(std::size_t size) {
    if (void* const block = std::malloc(size)) {
        return block;
    }
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
    look_at(block);
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    look_at(block);
    std::free(block);
}

namespace {

using namespace pgcoro::test;
using pgcoro::connect_config;
using pgcoro::task;

/// How many blocks with a secret in them are given back while `work` runs.
template <class Work>
int left_behind(Work work) {
    found = 0;
    watching = true;
    work();
    watching = false;
    return found;
}

TEST(wiping, the_test_would_notice) {
    EXPECT_EQ(left_behind([] { const std::string careless(long_secret); }), 1);
}

TEST(wiping, a_configuration_leaves_nothing_behind) {
    for (const auto secret : {long_secret, short_secret}) {
        const auto work = [&] {
            connect_config config("host=db user=u");
            config.password(secret).client_key_password(secret);
            auto copy = config;
            copy.password("another").password(secret).password("");
            const connect_config moved(std::move(config));
            copy = moved;
            copy = connect_config();
            EXPECT_EQ(to_string(moved).find(secret), std::string::npos);
        };
        EXPECT_EQ(left_behind(work), 0) << secret;
    }
}

TEST(wiping, nor_does_the_text_it_was_made_of) {
    const auto work = [] {
        EXPECT_TRUE(connect_config::parse("host=db password='a password that no short string can hold' user=u"));
        EXPECT_TRUE(connect_config::parse("host=db password=pa55-w0rd user=u load_balance_hosts=random"));
        EXPECT_TRUE(connect_config::parse("postgresql://u:pa55-w0rd@db/shop?load_balance_hosts=random"));
        EXPECT_TRUE(connect_config::parse("postgresql://db/shop?password=pa55-w0rd&user=u"));
        EXPECT_FALSE(connect_config::parse("host=db password=pa55-w0rd nonsense"));
        EXPECT_FALSE(connect_config::parse("host=db password='pa55-w0rd"));
    };
    EXPECT_EQ(left_behind(work), 0);
}

TEST(wiping, nor_does_a_connection_that_was_made_or_refused) {
    shared_server().run_sql("create role wiped login password 'pa55-w0rd'").value();
    for (const auto password : {short_secret, long_secret}) {
        connect_config config(shared_server().tcp_dsn());
        config.user("wiped").password(password);
        const auto work = [&] {
            const auto body = [&]() -> task<> {
                auto made = co_await pgcoro::connect(config);
                EXPECT_EQ(made.has_value(), password == short_secret) << error_of(made);
                co_return success();
            };
            run(body);
        };
        EXPECT_EQ(left_behind(work), 0) << password;
    }
}

TEST(wiping, nor_does_a_pool) {
    connect_config config(shared_server().tcp_dsn());
    config.user("wiped").password(short_secret);
    const auto work = [&] {
        asio::io_context loop(1);
        const auto body = [&]() -> task<> {
            pgcoro::pool db(loop.get_executor(), config);
            BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
            auto closed = co_await db.close();
            co_return closed;
        };
        run(loop, body);
    };
    EXPECT_EQ(left_behind(work), 0);
}

} // namespace
