// SPDX-License-Identifier: BSL-1.0
// The engine of a multiplexer: gives each request to the session of a lane, and keeps those that no lane can take.
//
//   submit -> the lane with the least to do, or waiting_ -> a lane has room, comes up -> that lane
//   a lane ends -> what it had not sent -> waiting_ -> another lane
//
// What decides is lane_plan and detail::session_word. Requests that are in flight are the lane's session's alone.
#pragma once

#include "base/deadline_timer.hpp"
#include "multiplexer/lane_plan.hpp"
#include "wire/request_list.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/multiplexer_options.hpp>

#include <memory>
#include <vector>

namespace pgcoro::lanes {

using detail::request;

class lane;

class mux_session final : public detail::request_target, public std::enable_shared_from_this<mux_session> {
public:
    using clock = std::chrono::steady_clock;

    mux_session(boost::asio::any_io_executor executor, connect_config config, multiplexer_options options);
    ~mux_session();

    void submit(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;
    bool is_open() const noexcept override { return !closed_; }

    /// Ends all lanes: what waits or is in flight fails with `why`. On the executor.
    void close(const error& why) noexcept;
    multiplexer_stats stats() const;
    /// Lets go of all requests that wait, without a word: their executor is being destroyed.
    void drop_all() noexcept;

    // What follows is for the lanes.
    const connect_config& config() const noexcept { return config_; }
    void on_connected(lane& l, result<connection> made);
    void on_pause_over(lane& l);
    void on_progress(std::size_t lane) noexcept;
    void on_lane_end(lane& l, const error& why, bool was_reset) noexcept;
    void resubmit(request& r) noexcept;

private:
    // mux_session.cpp
    void prepare(request& r) noexcept;
    bool is_plain(const request& r) const noexcept;
    void admit(request& r) noexcept;
    error refusal_of(request& r);
    void wait(request& r);
    void distribute() noexcept;
    void leave_queue(const request& r) noexcept;
    void complete(request& r, error outcome) noexcept;
    void fail_waiting(const error& why) noexcept;
    void go_on_later() noexcept;
    void go_on();
    void watch_deadline(clock::time_point when);
    void on_deadline();
    error why_it_expired() const;

    // mux_lanes.cpp
    void wake_lanes();
    void on_connect_failed(lane& l, const error& why);
    void tell_openers() noexcept;
    void tell_events();

    struct event {
        enum class kind { connected, connect_failed, lost, reset } what;
        std::size_t lane;
        error why;
    };

    std::vector<std::unique_ptr<lane>> lanes_;
    wire::request_list waiting_;
    multiplexer_options options_;

    wire::request_list openers_;   // wait until each lane has been tried
    wire::request_list completed_; // over; their handlers are run outside of everything
    std::vector<event> events_;    // likewise
    connect_config config_;
    lane_plan plan_;
    multiplexer_stats counted_;
    deadline_timer timer_;
    bool is_unusual_ = false; // requests get a deadline, or are observed
    bool closed_ = false;
    bool going_on_ = false; // is posted
    bool suspects_ = false; // a lane's server is no longer what is wanted
};

} // namespace pgcoro::lanes
