// SPDX-License-Identifier: BSL-1.0
#include "fault_proxy_state.hpp"

#include "failure.hpp"
#include "free_port.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

namespace pgcoro::testing {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

result<> outcome(const error_code& code, const std::string& what) {
    if (code) {
        return error(code, what + ": " + code.message());
    }
    return boost::outcome_v2::success();
}

template <class Acceptor>
error_code open_at(Acceptor& acceptor, const typename Acceptor::endpoint_type& where) {
    error_code failed;
    acceptor.open(where.protocol(), failed);
    if (!failed) {
        acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    }
    if (!failed) {
        acceptor.bind(where, failed);
    }
    if (!failed) {
        acceptor.listen(asio::socket_base::max_listen_connections, failed);
    }
    if (failed) {
        error_code ignored;
        acceptor.close(ignored);
    }
    return failed;
}

} // namespace

fault_proxy::state::state(const fault_proxy_options& options) : socket_directory(options.socket_directory), owner(::getpid()) {}

fault_proxy::state::~state() {
    if (thread_.joinable()) {
        loop.stop();
        thread_.join();
    }
    if (!socket_file.empty()) {
        ::unlink(socket_file.c_str());
    }
}

result<> fault_proxy::state::find_server(const std::string& host, std::uint16_t number) {
    if (host.starts_with('/')) {
        const auto file = std::filesystem::path(host) / (".s.PGSQL." + std::to_string(number));
        servers.emplace_back(asio::local::stream_protocol::endpoint(file.string()));
        return boost::outcome_v2::success();
    }
    error_code failed;
    asio::ip::tcp::resolver resolver(loop);
    for (const auto& found : resolver.resolve(host, std::to_string(number), failed)) {
        servers.emplace_back(found.endpoint());
    }
    return outcome(failed, "cannot look up " + host);
}

/// Somebody else may take the port between our look and ours.
result<> fault_proxy::state::start() {
    result<> listens = unavailable("no TCP port is free");
    for (int attempt = 0; attempt < 5 && !listens && (port = free_port()) != 0; ++attempt) {
        listens = listen();
    }
    BOOST_OUTCOME_TRY(listens);
    // Signals are for the threads of whoever is tested.
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { loop.run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return boost::outcome_v2::success();
}

result<> fault_proxy::state::listen() {
    if (tcp_.is_open()) {
        return boost::outcome_v2::success();
    }
    BOOST_OUTCOME_TRY(outcome(open_at(tcp_, {asio::ip::address_v4::loopback(), port}), "cannot listen on TCP"));
    ++round_;
    asio::co_spawn(loop, accept(tcp_, round_), asio::detached);
    if (!socket_directory.empty()) {
        socket_file = socket_directory / (".s.PGSQL." + std::to_string(port));
        ::unlink(socket_file.c_str()); // left when we stopped listening, so that clients were refused
        if (const auto failed = open_at(unix_, socket_file.string())) {
            stop_listening();
            return outcome(failed, "cannot listen on " + socket_file.string());
        }
        asio::co_spawn(loop, accept(unix_, round_), asio::detached);
    }
    return boost::outcome_v2::success();
}

void fault_proxy::state::stop_listening() {
    error_code ignored;
    tcp_.close(ignored);
    unix_.close(ignored);
    ++round_;
}

template <class Acceptor>
asio::awaitable<void> fault_proxy::state::accept(Acceptor& from, std::size_t round) {
    while (round == round_) {
        error_code failed;
        fault_line::socket client(co_await from.async_accept(asio::redirect_error(asio::use_awaitable, failed)));
        if (!failed && round == round_) {
            take(std::move(client));
        } else if (failed != asio::error::operation_aborted) { // out of descriptors, say
            asio::steady_timer later(loop, std::chrono::milliseconds(10));
            co_await later.async_wait(asio::redirect_error(asio::use_awaitable, failed));
        }
    }
}

void fault_proxy::state::take(fault_line::socket client) {
    auto script = standard;
    if (!scripts.empty()) {
        script = scripts.front();
        scripts.pop_front();
    }
    const auto link = std::make_shared<fault_link>(std::move(client), script, journal);
    std::erase_if(links_, [](const auto& l) { return l.expired(); });
    links_.push_back(link);
    link->start(servers);
}

std::vector<std::shared_ptr<fault_link>> fault_proxy::state::living() {
    std::vector<std::shared_ptr<fault_link>> found;
    for (const auto& link : links_) {
        if (auto living = link.lock()) {
            found.push_back(std::move(living));
        }
    }
    return found;
}

void fault_proxy::state::strike_all(line_fault what) {
    for (const auto& link : living()) {
        link->strike(what);
    }
}

void fault_proxy::state::thaw_all() {
    for (const auto& link : living()) {
        link->thaw();
    }
}

} // namespace pgcoro::testing
