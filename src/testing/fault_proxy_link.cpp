// SPDX-License-Identifier: BSL-1.0
#include "fault_proxy_link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <utility>

namespace pgcoro::testing {

namespace asio = boost::asio;
using boost::system::error_code;

fault_link::fault_link(socket client, const fault_script& script, fault_journal& journal)
    : line_(std::move(client)),
      script_(script),
      journal_(journal),
      number_(journal.open()),
      upstream_(line_, line_.client, line_.server, script.upstream),
      downstream_(line_, line_.server, line_.client, script.downstream) {
    watch(upstream_, &proxied_connection::upstream, script_.upstream);
    watch(downstream_, &proxied_connection::downstream, script_.downstream);
}

void fault_link::watch(fault_pipe& pipe, std::uint64_t proxied_connection::* direction, const toxics& what) {
    pipe.on_passed = [this, direction](std::size_t size) {
        journal_.update(number_, [&](proxied_connection& c) { c.*direction += size; });
    };
    pipe.on_limit = [this, fate = what.at_limit] {
        journal_.update(number_, [](proxied_connection& c) { c.limit_reached = true; });
        strike(fate);
    };
}

void fault_link::start(const std::vector<endpoint>& servers) { spawn(run(servers)); }

/// When the last part of a connection has ended, it is over.
void fault_link::spawn(asio::awaitable<void> part) {
    ++parts_;
    asio::co_spawn(line_.client.get_executor(), std::move(part), [self = shared_from_this()](const std::exception_ptr&) {
        if (--self->parts_ == 0) {
            self->close(false);
        }
    });
}

asio::awaitable<void> fault_link::run(std::vector<endpoint> servers) {
    error_code ignored;
    line_.client.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (script_.at_start == greeting::refuse) {
        close(true);
    } else if (script_.at_start == greeting::silence) {
        co_await line_.until([&] { return is_lost(); });
    }
    for (const auto* way : {&upstream_, &downstream_}) {
        const auto& what = way == &upstream_ ? script_.upstream : script_.downstream;
        if (what.limit_data == 0u && !line_.over) {
            way->on_limit();
        }
    }
    co_await line_.until([&] { return line_.over || !line_.frozen; });
    if (!is_lost()) {
        const bool reached = co_await reach(servers);
        if (!reached) {
            close(true);
        }
    }
    if (line_.over) {
        co_return;
    }
    spawn(upstream_.read());
    if (line_.server.is_open()) {
        spawn(upstream_.write());
        spawn(downstream_.read());
        spawn(downstream_.write());
    }
    if (ending_) { // it was cut while we connected
        send_end();
    }
}

asio::awaitable<bool> fault_link::reach(const std::vector<endpoint>& servers) {
    for (const auto& server : servers) {
        error_code failed, ignored;
        line_.server.close(ignored);
        co_await line_.server.async_connect(server, asio::redirect_error(asio::use_awaitable, failed));
        if (!failed) {
            line_.server.set_option(asio::ip::tcp::no_delay(true), ignored);
            co_return true;
        }
        if (line_.over) {
            break;
        }
    }
    co_return false;
}

void fault_link::strike(line_fault what) {
    switch (what) {
    case line_fault::reset: close(true); return;
    case line_fault::freeze: line_.frozen = true; break;
    case line_fault::half_open:
        line_.dropping = true;
        line_.frozen = false;
        break;
    case line_fault::cut:
        line_.dropping = true;
        line_.frozen = false;
        send_end();
        break;
    }
    line_.notify();
    upstream_.wake();
    downstream_.wake();
}

void fault_link::thaw() {
    line_.frozen = false;
    line_.notify();
}

/// What they still say is read, and goes nowhere: closing a socket with unread data would be a reset, which may overtake what
/// was passed on before.
void fault_link::send_end() {
    error_code ignored;
    ending_ = true;
    line_.client.shutdown(socket::shutdown_send, ignored);
    line_.server.shutdown(socket::shutdown_send, ignored);
}

void fault_link::close(bool reset) {
    if (std::exchange(line_.over, true)) {
        return;
    }
    error_code ignored;
    for (auto* end : {&line_.client, &line_.server}) {
        if (reset && end->is_open()) {
            end->set_option(asio::socket_base::linger(true, 0), ignored);
        }
        end->close(ignored);
    }
    line_.notify();
    upstream_.wake();
    downstream_.wake();
    journal_.update(number_, [](proxied_connection& c) { c.is_open = false; });
}

} // namespace pgcoro::testing
