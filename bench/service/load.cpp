// SPDX-License-Identifier: BSL-1.0
#include "load.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace bench::service {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto pause_after_failure = 50ms;
constexpr auto longest_request = 300s;
constexpr auto longest_wait = 600s;
constexpr auto nobody_waits = std::numeric_limits<std::size_t>::max();

} // namespace

load::load(load_options options, ledger& answers)
    : options_(std::move(options)), answers_(answers), running_(options_.connections), awaited_(nobody_waits) {
    for (std::size_t i = 0; i != options_.connections; ++i) {
        auto& c = connections_.emplace_back(connection{http_client(context_.get_executor(), options_.service), false, {}});
        asio::co_spawn(context_, run(i, c), asio::detached);
    }
    asio::co_spawn(context_, abort_late_requests(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

load::~load() {
    is_stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

asio::awaitable<void> load::run(std::size_t index, connection& c) {
    std::string body;
    asio::steady_timer pause(context_);
    while (!is_stopping_) {
        const auto asked = options_.next(index);
        const auto target = asked.target(options_.via);
        c.asked = clock::now();
        c.is_waiting = true;
        const int status = co_await c.client.get(target, body);
        c.is_waiting = false;
        if (status == 200) {
            on_answer(asked, body, c.asked);
            continue;
        }
        ++result_.failures[status];
        error_code ignored;
        pause.expires_after(pause_after_failure);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (--running_ == 0) {
        watch_.cancel();
    }
}

void load::on_answer(const question& asked, const std::string& body, clock::time_point began) {
    if (!answers_.add(asked, body)) {
        ++result_.wrong;
        return;
    }
    const auto now = clock::now();
    result_.latencies_us.push_back(std::chrono::duration<double, std::micro>(now - began).count());
    result_.longest_gap = std::max<std::chrono::nanoseconds>(result_.longest_gap, now - last_right_);
    last_right_ = now;
    if (++right_ >= awaited_) {
        const std::lock_guard lock(mutex_); // not between the check of the waiting thread and its sleep
        reached_.notify_all();
    }
}

asio::awaitable<void> load::abort_late_requests() {
    while (running_ != 0) {
        error_code ignored;
        watch_.expires_after(1s);
        co_await watch_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        for (auto& c : connections_) {
            if (c.is_waiting && clock::now() - c.asked > longest_request) {
                c.client.abort();
            }
        }
    }
}

void load::wait_for(std::size_t answers) {
    std::unique_lock lock(mutex_);
    awaited_ = right_ + answers;
    const bool came = reached_.wait_for(lock, longest_wait, [this] { return right_ >= awaited_; });
    awaited_ = nobody_waits;
    if (!came) {
        throw std::runtime_error("the service has given too few right answers in ten minutes");
    }
}

load_result load::finish() {
    is_stopping_ = true;
    thread_.join();
    result_.right = right_;
    result_.duration = clock::now() - began_;
    return std::move(result_);
}

} // namespace bench::service
