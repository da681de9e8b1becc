// SPDX-License-Identifier: BSL-1.0
#include "pool/reset.hpp"

#include "connection/connection_access.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace pgcoro::pooling {
namespace {

namespace asio = boost::asio;
using time_point = std::chrono::steady_clock::time_point;
using boost::outcome_v2::success;

/// What a hook throws would keep Asio's operator waiting for the other one.
task<> without_exceptions(const std::function<task<>(connection&)>& hook, connection& c) {
    std::string what;
    try {
        co_return co_await hook(c);
    } catch (const std::exception& thrown) {
        what = thrown.what();
    }
    co_return error(errc::hook_failed, "a pool hook threw: " + what);
}

/// DISCARD ALL, but for plans and prepared statements.
operation<std::tuple<command_tag, command_tag, command_tag, command_tag, command_tag, command_tag, command_tag>>
discard_settings(connection& c) {
    return c.batch(execute("close all"), execute("set session authorization default"), execute("reset all"),
                   execute("unlisten *"), execute("select pg_advisory_unlock_all()"), execute("discard temp"),
                   execute("discard sequences"));
}

/// Back to how the session began. What `on_connect` had set up is undone with the rest, and so set up again.
task<> clean(connection& c, const pool_options& options, traces left, time_point deadline) {
    if (options.reset_hook) {
        BOOST_OUTCOME_CO_TRY(co_await run_hook(options.reset_hook, c, deadline));
        co_return success();
    }
    if (options.reset == reset_policy::discard_all || left == traces::statements) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("discard all")).by(deadline));
    } else if (left == traces::settings) {
        BOOST_OUTCOME_CO_TRY(co_await discard_settings(c).by(deadline));
    } else {
        co_return success();
    }
    if (options.on_connect) {
        BOOST_OUTCOME_CO_TRY(co_await run_hook(options.on_connect, c, deadline));
    }
    co_return success();
}

} // namespace

task<> reset(connection& c, const pool_options& options, traces left, bool& was_in_transaction) {
    const auto deadline = detail::from_now(options.reset_timeout);
    if (c.transaction_status() == transaction_status::active) {
        BOOST_OUTCOME_CO_TRY(co_await c.ping().by(deadline));
    }
    if (c.transaction_status() != transaction_status::idle) {
        was_in_transaction = true;
        // Not prepared: in an aborted transaction nothing must stand in its way.
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("rollback")).by(deadline));
    }
    BOOST_OUTCOME_CO_TRY(co_await clean(c, options, left, deadline));
    if (c.transaction_status() != transaction_status::idle) {
        co_return error(errc::hook_failed, "a pool hook left a transaction open");
    }
    co_return success();
}

task<> run_hook(const std::function<task<>(connection&)>& hook, connection& c, time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
    auto running = without_exceptions(hook, c);
    auto waiting = timer.async_wait(asio::use_awaitable);
    auto first = co_await (std::move(running) || std::move(waiting));
    // A handle that the hook has kept must not lock the connection for whoever borrows it.
    static_cast<wire::session&>(*detail::connection_access::session_of(c)).forget_transactions();
    if (first.index() == 1) {
        co_return error(errc::timed_out, "a pool hook took too long");
    }
    co_return std::get<0>(std::move(first));
}

} // namespace pgcoro::pooling
