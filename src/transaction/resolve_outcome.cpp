// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/resolve_outcome.hpp>

#include <pgcoro/types/text.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace pgcoro {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds first_pause(10);
constexpr std::chrono::milliseconds longest_pause(500);

task<transaction_outcome> ask(connection& c, transaction_id id, clock::time_point deadline) {
    const std::string number = std::to_string(static_cast<std::uint64_t>(id));
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (auto pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        auto answer =
            co_await c.fetch_one<std::optional<std::string>>("select pg_catalog.pg_xact_status($1::text::xid8)", number)
                .by(deadline);
        if (!answer) {
            co_return std::move(answer).error();
        }
        const std::optional<std::string>& status = answer.value();
        if (!status) {
            co_return transaction_outcome::forgotten;
        }
        if (*status != "in progress") {
            co_return *status == "committed" ? transaction_outcome::committed : transaction_outcome::rolled_back;
        }
        timer.expires_at(std::min(clock::now() + pause, deadline));
        boost::system::error_code cancelled;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (cancelled) {
            co_return error(cancelled);
        }
    }
}

} // namespace

task<transaction_outcome> resolve_outcome(connect_config config, transaction_id id, detail::saturating<clock::duration> limit) {
    const auto deadline = detail::from_now(clock::duration(limit));
    auto made = co_await connect(std::move(config)).by(deadline);
    if (!made) {
        co_return std::move(made).error();
    }
    connection c = std::move(made).value();
    auto outcome = co_await ask(c, id, deadline);
    co_return outcome;
}

task<transaction_outcome> resolve_outcome(connection& c, transaction_id id, detail::saturating<clock::duration> limit) {
    auto outcome = co_await ask(c, id, detail::from_now(clock::duration(limit)));
    co_return outcome;
}

} // namespace pgcoro
