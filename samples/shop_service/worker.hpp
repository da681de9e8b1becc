// SPDX-License-Identifier: BSL-1.0
// One thread: its loop, its connections to clients, and its own pool and multiplexer. Nothing is shared with the others, so
// that there is neither a lock nor a strand.
#pragma once

#include "http_connection.hpp"
#include "order_events.hpp"
#include "traffic.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <mutex>
#include <random>
#include <unordered_set>

namespace shop {

struct service_state;

/// What one thread has to tell.
struct worker_report {
    pgcoro::pool_statistics pool;
    pgcoro::pool_health health;
    pgcoro::multiplexer_stats multiplexer;
    std::size_t connections = 0;
    std::size_t event_clients = 0;
};

class worker final : public http_host {
public:
    worker(service_state& service, const pgcoro::connect_config& config, const pgcoro::pool_options& pool,
           const pgcoro::multiplexer_options& multiplexer);

    boost::asio::io_context::executor_type executor() noexcept { return context_.get_executor(); }
    /// Runs the loop, in this thread, until `release` was called and nothing is left to do.
    void run() { context_.run(); }
    void release() { guard_.reset(); }

    // From any thread.

    void publish(const event_text& text);
    traffic traffic_so_far() const;

    // On the executor, or awaited from elsewhere with co_spawn.

    /// What the statistics say of this thread's work. `health` may ask the server.
    boost::asio::awaitable<worker_report> report();
    /// Ends idle connections and waits until requests in flight are answered, or for `limit`: then they are broken off.
    boost::asio::awaitable<void> drain(std::chrono::milliseconds limit);
    /// Closes the connections to the database.
    boost::asio::awaitable<void> close();

    // http_host.

    boost::asio::awaitable<http_response> answer(const http_request& request) override;
    bool is_stopping() const override;
    std::string_view server_name() const override { return "shop_service"; }
    void on_begin(http_connection& connection) override;
    void on_end(http_connection& connection) noexcept override;

private:
    void count(std::chrono::nanoseconds duration, int status);

    service_state& service_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{context_.get_executor()};
    std::unordered_set<http_connection*> connections_;
    boost::asio::steady_timer drained_{context_};
    mutable std::mutex traffic_mutex_; // for the moment in which another thread reads it
    traffic traffic_;

public: // what handlers use
    pgcoro::pool db;
    pgcoro::multiplexer multiplexer;
    event_hub events;
    std::minstd_rand random{std::random_device{}()};
    service_state& service() noexcept { return service_; }
};

} // namespace shop
