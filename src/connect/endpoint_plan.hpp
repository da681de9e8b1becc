// SPDX-License-Identifier: BSL-1.0
// Which address to try next: servers in order or shuffled, all addresses of each, `target_session_attrs`, rounds with pauses.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/connect_config.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pgcoro::wire {

/// A server as configured: a name to look up, an address, or (both empty, or a path) a Unix socket.
struct server {
    std::string host;
    std::string address;
    std::uint16_t port = 5432;
};

/// One place to connect to. Without an address it is a Unix socket in the folder `host`, libpq's own if that is empty.
using endpoint = server;

/// Whether trying again, there or elsewhere, is useless: wrong password, no such database, wrong certificate, bad settings.
bool is_permanent(const error& why) noexcept;

/// Decides; looks up, connects and waits for nothing itself.
///
/// Each event gives the next action; `failed` answers both a lookup and an attempt.
class endpoint_plan {
public:
    struct look_up {
        std::string host;
    };
    struct attempt {
        endpoint where;
        session_attrs wanted;
    };
    struct pause {
        std::chrono::milliseconds delay;
    };
    struct give_up {
        error reason;
    };
    using action = std::variant<look_up, attempt, pause, give_up>;

    struct options {
        session_attrs wanted = session_attrs::any;
        bool shuffle = false;
        std::optional<backoff_options> retry;
        /// For the error of a login that failed without a hint of the server's.
        std::string login_hint;
    };

    /// `random` is uniform in [0, 1).
    endpoint_plan(std::vector<server> servers, const options& how, std::function<double()> random);

    action start() { return next(); }
    action resolved(std::vector<std::string> addresses);
    action failed(const error& why);
    action paused();

    /// The error of a `connect` that ends now because of `why`, with every attempt so far. What was under way counts as failed
    /// with it.
    error ended_by(const error& why);

    const std::vector<connect_attempt>& failures() const noexcept { return failures_; }

private:
    action next();
    action end_round();
    void record(const error& why);
    template <class T>
    void shuffle(std::vector<T>& items);
    error with_attempts(const error& why, std::string message) const;
    error nobody_left() const;

    std::vector<server> servers_;
    options options_;
    std::function<double()> random_;
    std::size_t next_server_ = 0;
    std::deque<attempt> pending_;
    std::vector<attempt> second_choice_; // primaries, when a standby is preferred
    std::optional<attempt> current_;
    int round_ = 0;
    std::size_t round_began_ = 0; // in failures_
    std::vector<connect_attempt> failures_;
};

} // namespace pgcoro::wire
