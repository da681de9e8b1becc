// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/listener.hpp>

#include "base/call_on_executor.hpp"
#include "listen/listener_calls.hpp"
#include "listen/listener_session.hpp"

#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/notification_limits.hpp>

#include <utility>

namespace pgcoro {
namespace {

using listening::listener_session;

void close_session(std::shared_ptr<listener_session> s) noexcept {
    call_on_executor(std::move(s), [](listener_session& e) { e.close(); });
}

operation<void> change(const std::shared_ptr<listener_session>& s, std::string_view channel, bool listens) {
    error refusal = s ? detail::check_channel(channel) : error(errc::connection_closed);
    if (refusal) {
        return operation<void>(detail::call_ptr<void>(new detail::failed_call<void>(refusal.with(error::nothing_sent))));
    }
    return operation<void>(detail::call_ptr<void>(new listening::channel_call(s, channel, listens)));
}

} // namespace

listener::listener(boost::asio::any_io_executor executor, connect_config config, listener_options options)
    : session_(std::make_shared<listener_session>(std::move(executor), std::move(config), std::move(options))) {}

listener::listener(listener&& other) noexcept = default;

listener& listener::operator=(listener&& other) noexcept {
    close_session(std::exchange(session_, std::move(other.session_)));
    return *this;
}

listener::~listener() { close_session(std::move(session_)); }

operation<void> listener::listen(std::string_view channel) { return change(session_, channel, true); }
operation<void> listener::unlisten(std::string_view channel) { return change(session_, channel, false); }

operation<listener_event> listener::next() {
    return operation<listener_event>(session_ ? detail::call_ptr<listener_event>(new listening::next_call(session_))
                                              : detail::failed<listener_event>(errc::connection_closed));
}

std::optional<listener_event> listener::try_next() { return session_ ? session_->take() : std::nullopt; }

void listener::close() noexcept { close_session(session_); }
listener::executor_type listener::get_executor() const noexcept { return session_->where().executor(); }

} // namespace pgcoro
