// SPDX-License-Identifier: BSL-1.0
// The load generator: a fixed number of connections, each of which asks again when it has its answer.
#pragma once

#include "http_client.hpp"
#include "ledger.hpp"
#include "question.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bench::service {

struct load_result {
    std::size_t right = 0;
    /// Responses with status 200 that do not fit the question.
    std::size_t wrong = 0;
    /// Everything else by HTTP status. 0: the connection was refused, or ended without a response.
    std::map<int, std::size_t> failures;
    std::vector<double> latencies_us; // of right answers
    std::chrono::nanoseconds duration{};
    /// The longest time in which no request got a right answer.
    std::chrono::nanoseconds longest_gap{};
};

struct load_options {
    boost::asio::ip::tcp::endpoint service;
    /// The value of the parameter `via`.
    std::string via;
    std::size_t connections = 1;
    /// What a connection asks next. Called on the thread of the load.
    std::function<question(std::size_t connection)> next;
};

/// Runs on a thread of its own until `finish`. After a failure, a connection waits for 50 ms before it asks again.
class load {
public:
    /// `answers` must live as long as the load.
    load(load_options options, ledger& answers);
    load(const load&) = delete;
    load& operator=(const load&) = delete;
    ~load();

    /// Waits for so many more right answers. Throws if they do not come within ten minutes.
    void wait_for(std::size_t answers);
    /// Waits for the requests in flight.
    load_result finish();

private:
    using clock = std::chrono::steady_clock;
    struct connection {
        http_client client;
        bool is_waiting = false;
        clock::time_point asked;
    };

    boost::asio::awaitable<void> run(std::size_t index, connection& c);
    boost::asio::awaitable<void> abort_late_requests();
    void on_answer(const question& asked, const std::string& body, clock::time_point began);

    const load_options options_;
    ledger& answers_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer watch_{context_};
    std::list<connection> connections_;
    std::size_t running_;
    load_result result_;
    clock::time_point began_ = clock::now();
    clock::time_point last_right_ = began_;

    std::atomic<bool> is_stopping_ = false;
    std::atomic<std::size_t> right_ = 0;
    std::atomic<std::size_t> awaited_;
    std::mutex mutex_;
    std::condition_variable reached_;
    std::thread thread_; // last, because it uses all of the above
};

} // namespace bench::service
