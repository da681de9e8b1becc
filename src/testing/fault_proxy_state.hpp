// SPDX-License-Identifier: BSL-1.0
// What a `fault_proxy` holds: its loop, the thread that runs it, and what it listens on.
#pragma once

#include "fault_proxy_journal.hpp"
#include "fault_proxy_link.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace pgcoro::testing {

struct fault_proxy::state {
    using tcp_acceptor = boost::asio::ip::tcp::acceptor;
    using unix_acceptor = boost::asio::local::stream_protocol::acceptor;

    explicit state(const fault_proxy_options& options);
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state();

    result<> find_server(const std::string& host, std::uint16_t number);
    result<> start();

    // The rest on the loop only, but for what says otherwise.
    result<> listen();
    void stop_listening();
    void strike_all(line_fault what);
    void thaw_all();

    /// From any thread: calls `f` on the loop, and gives when it has been called.
    template <class F>
    void in_loop(F f) {
        const auto done = std::make_shared<std::promise<void>>(); // whoever sets it still uses it when the other wakes up
        boost::asio::post(loop, [&f, done] {
            f();
            done->set_value();
        });
        done->get_future().wait();
    }

    boost::asio::io_context loop{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{loop.get_executor()};
    fault_journal journal;
    std::vector<fault_link::endpoint> servers;
    std::filesystem::path socket_file; ///< empty: none
    std::filesystem::path socket_directory;
    std::uint16_t port = 0;
    const pid_t owner;
    std::string server_dsn; ///< of the server itself, over TCP
    std::deque<fault_script> scripts;
    fault_script standard;

private:
    template <class Acceptor>
    boost::asio::awaitable<void> accept(Acceptor& from, std::size_t round);
    void take(fault_line::socket client);
    std::vector<std::shared_ptr<fault_link>> living();

    tcp_acceptor tcp_{loop};
    unix_acceptor unix_{loop};
    std::vector<std::weak_ptr<fault_link>> links_;
    std::size_t round_ = 0; ///< of listening
    std::thread thread_;
};

} // namespace pgcoro::testing
