// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/connection.hpp>

#include "base/call_on_executor.hpp"
#include "connection/connection_access.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/ping_call.hpp>

#include <boost/asio/dispatch.hpp>

namespace pgcoro {
namespace {

wire::session& engine(const std::shared_ptr<detail::request_target>& s) noexcept { return static_cast<wire::session&>(*s); }

// What a connection that was never open says of itself.
const wire::established& facts(const std::shared_ptr<detail::request_target>& s) noexcept {
    static const wire::established none;
    return s ? engine(s).facts() : none;
}

void close_session(const std::shared_ptr<detail::request_target>& s) noexcept {
    call_on_executor(std::static_pointer_cast<wire::session>(s), [](wire::session& e) { e.close(errc::connection_closed); });
}

} // namespace

connection::connection(std::shared_ptr<detail::request_target> s) noexcept : session_(std::move(s)) {}
connection::connection(connection&& other) noexcept = default;

connection& connection::operator=(connection&& other) noexcept {
    close_session(std::exchange(session_, std::move(other.session_)));
    return *this;
}

connection::~connection() { close_session(std::move(session_)); }

bool connection::is_open() const noexcept { return session_ && session_->is_open(); }
bool connection::probe() { return session_ && engine(session_).probe(); }
operation<void> connection::ping() { return operation<void>(detail::ping_call::make(session_)); }
transaction_status connection::transaction_status() const noexcept {
    return session_ ? engine(session_).status() : pgcoro::transaction_status::unknown;
}
void connection::close() noexcept { close_session(session_); }
connection::executor_type connection::get_executor() const noexcept { return session_->where().executor(); }
int connection::server_version() const noexcept { return session_ ? engine(session_).server_version() : 0; }
int connection::backend_pid() const noexcept { return session_ ? engine(session_).backend_pid() : 0; }
const std::string& connection::host() const noexcept { return facts(session_).host; }
const std::string& connection::address() const noexcept { return facts(session_).address; }
std::uint16_t connection::port() const noexcept { return facts(session_).port; }
const std::optional<tls_info>& connection::tls() const noexcept { return facts(session_).tls; }
std::span<const connect_attempt> connection::failed_attempts() const noexcept { return facts(session_).failures; }

} // namespace pgcoro
