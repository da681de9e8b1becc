// SPDX-License-Identifier: BSL-1.0
// One connection of a multiplexer, now and again another one.
#pragma once

#include "multiplexer/mux_session.hpp"
#include "wire/lane_observer.hpp"
#include "wire/session.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace pgcoro::lanes {

/// Belongs to the multiplexer's engine, and lives as long.
class lane final : public wire::lane_observer {
public:
    lane(mux_session& of, std::uint16_t number);
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;
    ~lane();

    std::uint16_t number() const noexcept { return number_; }
    bool was_up() const noexcept { return session_ != nullptr; }

    /// What it has to do; `no_room` if it is not up.
    std::size_t load() const noexcept { return session_ ? session_->load() : wire::session::no_room; }
    /// Requests it has that are not over.
    std::size_t unfinished() const noexcept { return session_ ? session_->unfinished() : 0; }
    void submit(request& r) noexcept {
        r.lane = number_;
        session_->submit(r);
    }
    /// What it is connected to may have become another kind of server: it asks.
    void suspect() {
        if (session_) {
            session_->suspect();
        }
    }
    void cancel(request& r, error why) noexcept { session_->cancel(r, std::move(why)); }

    /// Begins to connect; the multiplexer is told how it went.
    void connect();
    /// Takes over what was connected. False if it is of no use.
    bool adopt(connection made);
    /// Tells the multiplexer when it is over.
    void pause(std::chrono::milliseconds delay);
    /// Ends it for good. What it had not sent fails with `why`, like what is in flight.
    void close(const error& why) noexcept;

private:
    void end_session(const error& why) noexcept;
    void on_unsent(request& r) noexcept override;
    void on_progress() noexcept override;
    void on_end(const error& why) noexcept override;
    void on_dropped() noexcept override;

    mux_session& mux_;
    const std::uint16_t number_;
    std::shared_ptr<wire::session> session_; // the last one, until there is another: it may be what calls us
    boost::asio::steady_timer timer_;
    boost::asio::cancellation_signal stop_connecting_;
};

} // namespace pgcoro::lanes
