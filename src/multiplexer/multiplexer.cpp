// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/multiplexer.hpp>

#include "base/call_on_executor.hpp"
#include "multiplexer/mux_session.hpp"
#include "multiplexer/open_lanes_call.hpp"

#include <boost/asio/dispatch.hpp>

#include <utility>

namespace pgcoro {
namespace {

lanes::mux_session& engine(const std::shared_ptr<detail::request_target>& s) noexcept {
    return static_cast<lanes::mux_session&>(*s);
}

void close_session(const std::shared_ptr<detail::request_target>& s) noexcept {
    call_on_executor(std::static_pointer_cast<lanes::mux_session>(s),
                     [](lanes::mux_session& e) { e.close(errc::connection_closed); });
}

} // namespace

multiplexer::multiplexer(boost::asio::any_io_executor executor, connect_config config, multiplexer_options options)
    : session_(std::make_shared<lanes::mux_session>(std::move(executor), std::move(config), std::move(options))) {}

multiplexer::multiplexer(multiplexer&& other) noexcept = default;

multiplexer& multiplexer::operator=(multiplexer&& other) noexcept {
    close_session(std::exchange(session_, std::move(other.session_)));
    return *this;
}

multiplexer::~multiplexer() { close_session(std::move(session_)); }

operation<void> multiplexer::open() { return operation<void>(lanes::open_lanes_call::make(session_)); }
void multiplexer::close() noexcept { close_session(session_); }
multiplexer::executor_type multiplexer::get_executor() const noexcept { return session_->where().executor(); }
multiplexer_stats multiplexer::stats() const { return session_ ? engine(session_).stats() : multiplexer_stats(); }

} // namespace pgcoro
