// SPDX-License-Identifier: BSL-1.0
// Requests in flight that were given up: how far the session has come in stopping them, and until when.
#pragma once

#include "wire/cancel_plan.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::wire {

class cancel_request;

class cancellation {
public:
    using clock = std::chrono::steady_clock;
    using milliseconds = std::chrono::milliseconds;

    /// The whole of it takes at most two timeouts: one to ask, and one to wait for the end of the statement.
    void begin(milliseconds timeout) noexcept {
        ends_ = detail::after(detail::from_now(timeout), timeout);
        step_ends_ = ends_;
    }
    /// The statement has ended. Its echo gets a timeout of its own.
    void begin_echo(milliseconds timeout) noexcept {
        ends_ = clock::time_point::max();
        limit_step(timeout);
    }
    void limit_step(milliseconds limit) noexcept { step_ends_ = std::min(ends_, detail::from_now(limit)); }
    /// A step is overdue: what follows has the rest of the time. True if none is left.
    bool end_step(clock::time_point now) noexcept {
        step_ends_ = ends_;
        return now >= ends_;
    }
    clock::time_point step_ends() const noexcept { return step_ends_; }

    void begin_request(std::size_t in_flight) noexcept {
        asked_for_ = in_flight;
        complaint_.clear();
    }
    void carry(std::shared_ptr<cancel_request> r) noexcept { request_ = std::move(r); }
    /// Null if none is being sent.
    std::shared_ptr<cancel_request> take_request() noexcept { return std::exchange(request_, nullptr); }
    /// Of those that were in flight when the last cancel request was sent, one has ended.
    bool has_progressed(std::size_t in_flight) const noexcept { return in_flight < asked_for_; }
    void complain(std::string_view what) { complaint_ = what; }

    void end() noexcept {
        plan = {};
        request_.reset();
        complaint_.clear();
        ends_ = step_ends_ = clock::time_point::max();
    }

    /// Why the session has to be closed. Either the statement has not ended, or a signal may still be on its way.
    error failure(bool is_in_flight) const {
        std::string why = "the connection was closed because ";
        if (is_in_flight) {
            why += "an abandoned statement did not end in time";
            why += complaint_.empty() ? "" : "; its cancel request failed: ";
        } else {
            why += complaint_.empty() ? "the server did not answer in time after a statement was abandoned"
                                      : "the cancel request for an abandoned statement failed: ";
        }
        return error(errc::connection_lost, why + complaint_);
    }

    cancel_plan plan;
    std::size_t given_up = 0; // of the requests in flight

private:
    std::size_t asked_for_ = 0; // so many were in flight when the last cancel request was sent
    std::shared_ptr<cancel_request> request_;
    std::string complaint_; // of the last one, which failed
    clock::time_point step_ends_ = clock::time_point::max();
    clock::time_point ends_ = clock::time_point::max();
};

} // namespace pgcoro::wire
