// SPDX-License-Identifier: BSL-1.0
// The deadline of a statement as the server is to keep it: when `statement_timeout` has to be set, and to what.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace pgcoro::wire {

/// Decides, without I/O. Deadlines are rounded up, to a value of few digits, so that those who wait about as long as their
/// predecessors cost nothing: the caller's own clock is the exact one.
class server_limit {
public:
    using milliseconds = std::chrono::milliseconds;

    /// What to send before a statement that may take so long (nothing: as long as the server likes); nothing if the server
    /// knows.
    std::optional<std::string> change(std::optional<milliseconds> left) {
        if (!left) {
            return set_ == unlimited ? std::nullopt : send(unlimited, "default");
        }
        const auto wanted = rounded_up(std::clamp(*left, milliseconds(1), longest));
        if (wanted <= set_ && set_ <= wanted + wanted / 4) {
            return std::nullopt;
        }
        return send(wanted, std::to_string(wanted.count()));
    }

    /// The server may have another value: a transaction was rolled back, or somebody has set or reset it.
    void forget() noexcept { set_ = unknown; }

private:
    static constexpr milliseconds unknown{-1};
    static constexpr milliseconds unlimited{0};
    static constexpr milliseconds longest{2'100'000'000}; // the server counts in int4

    /// To two digits.
    static milliseconds rounded_up(milliseconds t) noexcept {
        milliseconds::rep unit = 1;
        while (t.count() >= 100 * unit) {
            unit *= 10;
        }
        return milliseconds((t.count() + unit - 1) / unit * unit);
    }

    std::optional<std::string> send(milliseconds value, const std::string& text) {
        set_ = value;
        return "set statement_timeout to " + text;
    }

    milliseconds set_ = unlimited;
};

} // namespace pgcoro::wire
