// SPDX-License-Identifier: BSL-1.0
#include "multiplexer/lane.hpp"
#include "base/loop_handler.hpp"

#include "connection/connection_access.hpp"

#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>

namespace pgcoro::lanes {

namespace asio = boost::asio;

lane::lane(mux_session& of, std::uint16_t number) : mux_(of), number_(number), timer_(of.where().executor()) {}

// An attempt to connect keeps the multiplexer alive. If it is gone without an outcome, its loop is, and so is what our signal
// would call.
lane::~lane() { end_session(errc::connection_closed); }

void lane::connect() {
    loop_handler done(mux_.shared_from_this(),
                      [this](mux_session& mux, result<connection> made) { mux.on_connected(*this, std::move(made)); });
    pgcoro::connect(mux_.where().executor(),
                    mux_.config())(asio::bind_cancellation_slot(stop_connecting_.slot(), std::move(done)));
}

bool lane::adopt(connection made) {
    auto session = std::static_pointer_cast<wire::session>(detail::connection_access::take(std::move(made)));
    session->become_lane_of(*this);
    session_ = std::move(session);
    return session_->is_open();
}

void lane::pause(std::chrono::milliseconds delay) {
    timer_.expires_at(detail::from_now(delay));
    timer_.async_wait(loop_handler(mux_.shared_from_this(), [this](mux_session& mux, boost::system::error_code stopped) {
        if (!stopped) {
            mux.on_pause_over(*this);
        }
    }));
}

void lane::close(const error& why) noexcept {
    timer_.cancel();
    stop_connecting_.emit(asio::cancellation_type::terminal);
    end_session(why);
}

void lane::end_session(const error& why) noexcept {
    if (session_) {
        session_->detach_observer();
        session_->close(why);
    }
}

void lane::on_unsent(request& r) noexcept { mux_.resubmit(r); }
void lane::on_progress() noexcept { mux_.on_progress(number_); }
void lane::on_end(const error& why) noexcept { mux_.on_lane_end(*this, why, session_->has_open_transaction()); }
void lane::on_dropped() noexcept { mux_.drop_all(); }

} // namespace pgcoro::lanes
