// SPDX-License-Identifier: BSL-1.0
// What becomes of a client of a hostile server: an error or nothing, in bounded time and bounded memory.
#pragma once

#include "support/hostile_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <utility>

namespace pgcoro::test {

/// No operation of these tests gets further than this; whatever the server does, the test ends.
constexpr std::chrono::seconds long_enough(60);

/// Why connecting to a server that plays `script` failed; none if it did not.
inline error refusal_of(hostile_server::script script, std::string_view settings = {}) {
    asio::io_context loop(1);
    hostile_server server(loop, std::move(script));
    error why;
    const auto body = [&]() -> task<> {
        auto config = server.config();
        const connect_config more(settings);
        for (const auto& [keyword, value] : more.details().settings) {
            config.set(keyword, value);
        }
        auto made = co_await connect(config).within(long_enough);
        why = error_of(made);
        co_return success();
    };
    run(loop, body);
    return why;
}

/// Runs `body`, a function of a `connection&` that gives a `task<>`, on a connection to a server that lets the client in and
/// then plays `script`.
template <class Body>
void with_hostile_server(hostile_server::script script, Body body) {
    asio::io_context loop(1);
    const auto play = [&](victim& client) -> asio::awaitable<void> {
        co_await client.let_in();
        co_await script(client);
    };
    hostile_server server(loop, play);
    const auto connected = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(server.config()).within(long_enough));
        auto outcome = co_await body(c);
        co_return outcome;
    };
    run(loop, connected);
}

/// Two statements, one after the other.
struct answers {
    result<std::string> first;
    result<std::string> second;
};

/// What they give where the server says `first` to the first one, whatever it asks for, and answers the second properly.
inline answers answers_of(const std::string& first) {
    const auto play = [&](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(first);
        co_await client.answer_with(messages::answer("second"));
        co_await client.stay();
    };
    answers all;
    with_hostile_server(play, [&](connection& c) -> task<> {
        all.first = co_await c.fetch_one<std::string>(unchecked_sql("select 'first'")).within(long_enough);
        all.second = co_await c.fetch_one<std::string>(unchecked_sql("select 'second'")).within(long_enough);
        co_return success();
    });
    return all;
}

/// The memory of this process that is really there, in bytes: what was reserved and never written to does not count.
inline std::size_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

constexpr std::size_t megabyte = 1 << 20;

/// Sanitizers keep what was freed.
inline void expect_growth_below(std::size_t limit, std::size_t before) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(resident_memory(), before + limit);
#else
    static_cast<void>(limit);
    static_cast<void>(before);
#endif
}

} // namespace pgcoro::test
