// SPDX-License-Identifier: BSL-1.0
// What becomes of a session when all that it has in flight was given up: asked to stop, waited for, and then used again or
// closed.
#pragma once

namespace pgcoro::wire {

/// Decides, without I/O. Each step has a limit of its own, which whoever carries it out keeps.
///
///     idle -> asking -> confirmed -> echoing -> idle
///        |       \-> unconfirmed ------^          ^
///        \-> holding ----------------------------/
///
/// The signal of a cancel request hits whatever runs when it arrives. So nothing is sent until the server has confirmed that
/// the signal was sent, until all answers have come, and until a statement of our own has gone there and back: behind a pooler
/// that is what a late one hits.
///
/// A request that fails may have arrived all the same: Odyssey passes it on and then resets the connection. A statement that
/// the server has stopped is as good as a confirmation.
class cancel_plan {
public:
    enum class action {
        none,
        ask,   // send a cancel request
        echo,  // send the statement of our own
        go_on, // the session may be used again
        close,
    };

    /// All that is in flight was given up. `may_ask`: it was sent as a whole, and none of it is a COMMIT, which nobody cancels:
    /// it may be waiting for a standby, and would then be acknowledged without it.
    action given_up(bool may_ask) noexcept {
        if (may_ask && (at_ == step::idle || at_ == step::holding)) {
            return ask();
        }
        if (at_ == step::idle) {
            at_ = step::holding;
        }
        return action::none;
    }

    /// One of several that were given up has ended: the next one may be a long one, too.
    action next_is_due() noexcept {
        return at_ == step::confirmed || (at_ == step::unconfirmed && stopped_) ? ask() : action::none;
    }

    /// The server has stopped a statement, as it does when the signal arrives.
    void stopped() noexcept { stopped_ = !is_idle(); }

    /// The server has closed the cancel request's connection, and so has sent the signal before.
    action confirmed() noexcept {
        at_ = answered_ ? step::echoing : step::confirmed;
        return answered_ ? action::echo : action::none;
    }

    /// Whether there is a signal on its way is unknown, unless it has arrived already. The one that it has stopped may still be
    /// in flight: only its end makes the next one due.
    action failed() noexcept {
        if (at_ != step::asking) {
            return action::none;
        }
        if (answered_) {
            return echo_or_close();
        }
        at_ = step::unconfirmed;
        return action::none;
    }

    /// Nothing is in flight.
    action answered() noexcept {
        switch (at_) {
        case step::asking: answered_ = true; return action::none;
        case step::confirmed: at_ = step::echoing; return action::echo;
        case step::unconfirmed: return echo_or_close();
        case step::holding:
        case step::echoing: *this = {}; return action::go_on;
        case step::idle: break;
        }
        return action::none;
    }

    /// A step has taken longer than it may; with all before it, if `is_last`. A signal that came before the server had read the
    /// statement has done nothing: it is worth another try.
    action overdue(bool is_last) noexcept { return at_ == step::confirmed && !is_last ? ask() : close(); }

    bool is_idle() const noexcept { return at_ == step::idle; }

private:
    action ask() noexcept {
        at_ = step::asking;
        stopped_ = false;
        return action::ask;
    }

    action echo_or_close() noexcept {
        if (!stopped_) {
            return close();
        }
        at_ = step::echoing;
        return action::echo;
    }

    action close() noexcept {
        const bool is_pending = !is_idle();
        *this = {};
        return is_pending ? action::close : action::none;
    }

    enum class step : unsigned char { idle, holding, asking, confirmed, unconfirmed, echoing };

    step at_ = step::idle;
    bool answered_ = false; // before the confirmation came
    bool stopped_ = false;  // a statement, since the last request was sent
};

} // namespace pgcoro::wire
