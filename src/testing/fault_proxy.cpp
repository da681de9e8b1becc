// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/testing/fault_proxy.hpp>

#include "fault_proxy_state.hpp"
#include "server_files.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <unistd.h>

#include <algorithm>

namespace pgcoro::testing {

// In a forked copy the thread is not there, and the sockets and the reactor are the original's.
void fault_proxy::ending::operator()(state* s) const noexcept {
    if (::getpid() == s->owner) {
        delete s;
    }
}

fault_proxy::fault_proxy(state_ptr made) noexcept : state_(std::move(made)) {}
fault_proxy::fault_proxy(fault_proxy&&) noexcept = default;
fault_proxy& fault_proxy::operator=(fault_proxy&&) noexcept = default;
fault_proxy::~fault_proxy() = default;

result<fault_proxy> fault_proxy::create(const ephemeral_server& server, const fault_proxy_options& options) {
    BOOST_OUTCOME_TRY(auto made, create("127.0.0.1", server.port(), options));
    made.state_->server_dsn = server.tcp_dsn();
    return made;
}

result<fault_proxy> fault_proxy::create(const std::string& host, std::uint16_t port, const fault_proxy_options& options) {
    state_ptr made(new state(options));
    BOOST_OUTCOME_TRY(made->find_server(host, port));
    BOOST_OUTCOME_TRY(made->start());
    return fault_proxy(std::move(made));
}

std::uint16_t fault_proxy::port() const noexcept { return state_->port; }

// Of keywords given twice libpq takes the last.
std::string fault_proxy::dsn() const {
    return state_->server_dsn.empty() ? "" : state_->server_dsn + " port=" + std::to_string(port());
}

std::string fault_proxy::unix_dsn() const {
    return state_->server_dsn.empty() || state_->socket_directory.empty()
               ? ""
               : dsn() + " host=" + in_quotes(state_->socket_directory.string());
}

void fault_proxy::next(const fault_script& script) {
    state_->in_loop([&] { state_->scripts.push_back(script); });
}

void fault_proxy::always(const fault_script& script) {
    state_->in_loop([&] { state_->standard = script; });
}

void fault_proxy::clear() {
    state_->in_loop([&] {
        state_->scripts.clear();
        state_->standard = {};
    });
}

void fault_proxy::disable() {
    state_->in_loop([&] { state_->stop_listening(); });
}

result<> fault_proxy::enable() {
    result<> listens;
    state_->in_loop([&] { listens = state_->listen(); });
    return listens;
}

void fault_proxy::freeze() {
    state_->in_loop([&] { state_->strike_all(line_fault::freeze); });
}

void fault_proxy::thaw() {
    state_->in_loop([&] { state_->thaw_all(); });
}

void fault_proxy::cut() {
    state_->in_loop([&] { state_->strike_all(line_fault::cut); });
}

void fault_proxy::reset_all() {
    state_->in_loop([&] { state_->strike_all(line_fault::reset); });
}

void fault_proxy::half_open() {
    state_->in_loop([&] { state_->strike_all(line_fault::half_open); });
}

std::vector<proxied_connection> fault_proxy::connections() const { return state_->journal.all(); }

result<> fault_proxy::wait_for_connections(std::size_t count, std::chrono::milliseconds limit) const {
    return state_->journal.wait(limit, "too few connections have come", [&](const auto& all) { return all.size() >= count; });
}

result<> fault_proxy::wait_until_closed(std::chrono::milliseconds limit) const {
    return state_->journal.wait(limit, "connections are still open", [](const auto& all) {
        return std::none_of(all.begin(), all.end(), [](const proxied_connection& one) { return one.is_open; });
    });
}

} // namespace pgcoro::testing
