// SPDX-License-Identifier: BSL-1.0
#include "hostile.hpp"

#include "connect/connect_options.hpp"

#include <utility>

namespace pgcoro::test {

error refusal_of(hostile_server::script script, std::string_view settings,
                 std::optional<std::uint32_t> scram_iterations_limit) {
    asio::io_context loop(1);
    hostile_server server(loop, std::move(script));
    error why;
    const auto body = [&]() -> task<> {
        auto config = server.config();
        const connect_config more(settings);
        for (const auto& [keyword, value] : more.details().settings) {
            config.set(keyword, value);
        }
        if (scram_iterations_limit) {
            config.scram_iterations_limit(*scram_iterations_limit);
        }
        auto made = co_await connect(config).within(long_enough);
        why = error_of(made);
        co_return success();
    };
    run(loop, body);
    return why;
}

void with_hostile_server(const hostile_server::script& script, const std::function<task<>(connection&)>& body) {
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

answers answers_of(const std::string& first) {
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

} // namespace pgcoro::test
