// SPDX-License-Identifier: BSL-1.0
// A listener on a loop of its own, and somebody who notifies it from outside.
#pragma once

#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pgcoro {

inline void PrintTo(const gap& g, std::ostream* out) {
    *out << "gap " << static_cast<int>(g.cause) << " of '" << g.channel << "', dropped " << g.dropped << ", " << g.reason;
}
inline void PrintTo(const notification& n, std::ostream* out) { *out << n.channel << ": " << n.payload; }

} // namespace pgcoro

namespace pgcoro::test {

inline listener_options quick_listener() {
    listener_options options;
    options.backoff.initial = std::chrono::milliseconds(1);
    options.backoff.maximum = std::chrono::milliseconds(20);
    return options;
}

/// Runs `body` with a listener, which is destroyed before the loop has to be out of work.
inline void with_listener(connect_config config, const listener_options& options,
                          const std::function<task<>(listener&)>& body) {
    run([&]() -> task<> {
        listener l(co_await asio::this_coro::executor, config, options);
        co_return co_await body(l);
    });
}

/// The next event, which has to be a notification.
inline asio::awaitable<notification> next_notification(listener& l) {
    auto event = co_await l.next();
    if (auto* const n = event ? std::get_if<notification>(&event.value()) : nullptr) {
        co_return std::move(*n);
    }
    ADD_FAILURE() << (event ? ::testing::PrintToString(std::get<gap>(event.value())) : error_of(event).describe());
    co_return notification();
}

/// The next event, which has to be a gap.
inline asio::awaitable<gap> next_gap(listener& l) {
    auto event = co_await l.next();
    if (auto* const g = event ? std::get_if<gap>(&event.value()) : nullptr) {
        co_return std::move(*g);
    }
    ADD_FAILURE() << (event ? ::testing::PrintToString(std::get<notification>(event.value())) : error_of(event).describe());
    co_return gap();
}

class listener_test : public ::testing::Test {
protected:
    static connect_config config() {
        connect_config c(shared_server().dsn());
        c.application_name("listener");
        return c;
    }

    std::string notify(const std::string& channel, const std::string& payload) {
        return judge_.value("select pg_notify('" + channel + "', '" + payload + "')");
    }

    libpq_session judge_{shared_server().dsn()};
};

} // namespace pgcoro::test
