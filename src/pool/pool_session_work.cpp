// SPDX-License-Identifier: BSL-1.0
// What the pool does in the background: making, checking and cleaning connections.
#include "base/loop_handler.hpp"
#include "connect/endpoint_plan.hpp"
#include "connection/connection_access.hpp"
#include "pool/pool_session.hpp"
#include "pool/reset.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace pgcoro::pooling {
namespace {

namespace asio = boost::asio;
using detail::connection_access;

/// `options` must outlive it.
task<connection> make_connection(connect_config config, const pool_options& options) {
    BOOST_OUTCOME_CO_TRY(auto made, co_await pgcoro::connect(std::move(config)));
    if (options.on_connect) {
        const auto deadline = detail::from_now(options.setup_timeout);
        BOOST_OUTCOME_CO_TRY(co_await run_hook(options.on_connect, made, deadline));
        if (made.transaction_status() != transaction_status::idle) {
            co_return error(errc::hook_failed, "the pool's on_connect left a transaction open");
        }
    }
    co_return made;
}

} // namespace

void pool_session::connect() {
    is_connecting_ = true;
    connecting_since_ = clock::now();
    ++counted_.connections_num;
    auto done = loop_handler(shared_from_this(),
                             [since = connecting_since_](pool_session& e, std::exception_ptr, result<connection> made) {
                                 e.connected(std::move(made), since);
                             });
    asio::co_spawn(where().executor(), make_connection(config_, options_),
                   asio::bind_cancellation_slot(stop_connecting_.slot(), std::move(done)));
}

void pool_session::connected(result<connection> made, time_point since) {
    const auto now = clock::now();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - since);
    is_connecting_ = false;
    if (made) {
        slots_.push_back(std::make_unique<slot>(*this, std::move(made).value()));
        counted_.connect.add(took);
        if (options_.hooks.on_connect) {
            options_.hooks.on_connect(slots_.back()->conn);
        }
        core_.connected(*slots_.back(), now, random_());
    } else {
        ++counted_.connections_errors;
        last_connect_error_ = std::move(made).error();
        core_.connect_failed(wire::is_permanent(last_connect_error_), now, random_());
        if (options_.hooks.on_connect_failed && !core_.is_closed()) {
            options_.hooks.on_connect_failed(last_connect_error_, core_.failures());
        }
        for (borrower* const opener : std::exchange(openers_, {})) {
            if (core_.withdraw(*opener)) {
                tell_acquired(now - opener->since, last_connect_error_);
                opener->refused(last_connect_error_);
            }
        }
    }
    connecting_time_ += took;
    perform();
}

void pool_session::probe(slot& s) { checked(s, s.conn.probe()); }

void pool_session::ping(slot& s) {
    s.conn.ping().within(options_.validate_timeout)(
        loop_handler(shared_from_this(), [&s](pool_session& e, const result<>& answer) { e.checked(s, answer.has_value()); }));
}

void pool_session::checked(slot& s, bool works) {
    if (!works) {
        ++counted_.connections_lost;
    }
    if (works && !static_cast<wire::session&>(*connection_access::session_of(s.conn)).may_be_lent(0)) {
        core_.turned(s, clock::now());
    } else {
        core_.checked(s, works, clock::now());
    }
    perform();
}

bool pool_session::needs_cleaning(const slot& s) const noexcept {
    return s.unsettled || s.left != traces::none || options_.reset == reset_policy::discard_all || options_.reset_hook ||
           s.conn.transaction_status() != transaction_status::idle;
}

void pool_session::clean(slot& s) {
    core_.clean(s);
    const auto cleaning = [](connection& c, const pool_options& options, traces left, std::uint64_t& returned_bad) -> task<> {
        bool was_in_transaction = false;
        auto outcome = co_await reset(c, options, left, was_in_transaction);
        returned_bad += was_in_transaction || !outcome ? 1 : 0;
        co_return outcome;
    };
    // Arguments of a coroutine live as long as it does; the pool, through its handler.
    asio::co_spawn(where().executor(), cleaning(s.conn, options_, s.left, counted_.returns_bad),
                   loop_handler(shared_from_this(), [&s](pool_session& e, std::exception_ptr thrown, const result<>& outcome) {
                       e.cleaned(s, !thrown && outcome);
                   }));
}

void pool_session::cleaned(slot& s, bool is_clean) {
    s.left = traces::none;
    s.unsettled = false;
    const auto now = clock::now();
    if (is_clean) {
        put_back(s, now);
    } else if (!s.conn.is_open()) {
        core_.lost(s, now);
    } else {
        core_.discard(s, now);
    }
    perform();
}

} // namespace pgcoro::pooling
