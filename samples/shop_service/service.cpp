// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include "embedded.hpp"
#include "order_events.hpp"
#include "service_state.hpp"
#include "worker.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <functional>
#include <iostream>
#include <thread>

namespace shop {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

pgcoro::task<> create_schema(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(std::string(embedded::schema_sql)));
    co_return pgcoro::success();
}

pgcoro::connect_config config_for(const options& o) {
    pgcoro::connect_config config(o.dsn);
    config.application_name("shop_service");
    return config;
}

class service {
public:
    explicit service(const options& o);
    ~service();

    pgcoro::result<> listen();
    /// Returns when the service has stopped.
    void run();
    std::string address() const;

private:
    asio::awaitable<void> accept();
    asio::awaitable<void> pass_on_orders();
    asio::awaitable<void> pause(std::chrono::milliseconds duration);
    asio::awaitable<void> stop();
    asio::awaitable<void> for_all(std::function<asio::awaitable<void>(worker&)> step);

    const options options_;
    service_state state_;
    pgcoro::connect_config config_;
    asio::io_context context_{1}; // of this thread: accepts connections, and listens to the database
    tcp::acceptor acceptor_{context_};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    pgcoro::listener orders_;
    std::vector<std::thread> threads_;
};

service::service(const options& o) : options_(o), config_(config_for(o)), orders_(context_.get_executor(), config_) {
    const auto cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
    const auto threads = o.threads == 0 ? std::min(cores, o.connections / least_connections) : o.threads;
    pgcoro::pool_options pool;
    pool.min_size = 1;
    pool.max_size = o.connections / threads - lanes_in_each_thread;
    pool.validate_timeout = 2s;
    state_.slow = std::make_shared<slow_statements>(o.slow);
    pgcoro::slow_query_plans_options plans;
    plans.slow_after = o.slow;
    state_.plans = std::make_shared<pgcoro::slow_query_plans>(context_.get_executor(), config_, plans);
    pool.observers = {state_.slow, state_.plans, state_.measured.observer()};
    pgcoro::multiplexer_options multiplexer;
    multiplexer.lanes = lanes_in_each_thread;
    multiplexer.observers = pool.observers;
    for (std::size_t i = 0; i < threads; ++i) {
        pool.name = "shop-" + std::to_string(i); // each has its own series in the metrics
        state_.workers.push_back(std::make_unique<worker>(state_, config_, pool, multiplexer));
    }
}

service::~service() {
    for (const auto& w : state_.workers) {
        w->release();
    }
    for (auto& t : threads_) {
        t.join();
    }
    state_.workers.clear();
    state_.plans.reset(); // before the loop that it runs on
}

pgcoro::result<> service::listen() {
    error_code failed;
    const tcp::endpoint where(asio::ip::make_address(options_.address, failed), options_.port);
    if (!failed) {
        acceptor_.open(where.protocol(), failed);
    }
    if (!failed) {
        acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
        acceptor_.bind(where, failed);
    }
    if (!failed) {
        acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    }
    if (failed) {
        return pgcoro::error(failed, "cannot listen on " + options_.address + ": " + failed.message());
    }
    return pgcoro::success();
}

/// The threads begin only now: once their pools connect, they end only after SIGTERM.
void service::run() {
    for (const auto& w : state_.workers) {
        threads_.emplace_back([&w = *w] { w.run(); });
        w->db.open()([](const pgcoro::result<>&) {}); // the pool goes on trying; /health/ready tells
    }
    asio::co_spawn(context_, accept(), asio::detached);
    asio::co_spawn(context_, pass_on_orders(), asio::detached);
    signals_.async_wait([this](error_code cancelled, int) {
        if (!cancelled) {
            asio::co_spawn(context_, stop(), asio::detached);
        }
    });
    context_.run();
}

std::string service::address() const {
    const auto where = acceptor_.local_endpoint();
    const auto host = where.address().is_v6() ? '[' + where.address().to_string() + ']' : where.address().to_string();
    return "http://" + host + ':' + std::to_string(where.port());
}

asio::awaitable<void> service::pause(std::chrono::milliseconds duration) {
    asio::steady_timer timer(context_, duration);
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// Each connection goes to the next thread.
asio::awaitable<void> service::accept() {
    for (std::size_t next = 0; !state_.is_stopping; ++next) {
        auto& w = *state_.workers[next % state_.workers.size()];
        error_code failed;
        tcp::socket accepted = co_await acceptor_.async_accept(w.executor(), asio::redirect_error(asio::use_awaitable, failed));
        if (state_.is_stopping) {
            break; // one that was accepted meanwhile is closed
        }
        if (!failed) {
            asio::post(w.executor(), [&w, s = std::move(accepted)]() mutable { serve_http(std::move(s), w); });
        } else {
            co_await pause(100ms); // no descriptors left, for example
        }
    }
}

// [events]
/// One listener for all clients of all threads.
asio::awaitable<void> service::pass_on_orders() {
    auto started = co_await orders_.listen("orders");
    while (!state_.is_stopping) {
        auto event = co_await orders_.next();
        if (event) {
            const auto text = std::make_shared<const std::string>(format_event(event.value()));
            for (const auto& w : state_.workers) {
                w->publish(text);
            }
        } else if (!state_.is_stopping) {
            co_await pause(1s); // a permanent error, such as a wrong password: somebody may fix it
        }
    }
}
// [/events]

/// Runs a step of all threads, side by side.
asio::awaitable<void> service::for_all(std::function<asio::awaitable<void>(worker&)> step) {
    using one = decltype(asio::co_spawn(context_.get_executor(), step(*state_.workers.front()), asio::deferred));
    std::vector<one> all;
    for (const auto& w : state_.workers) {
        all.push_back(asio::co_spawn(w->executor(), step(*w), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
}

/// In this order: no new connections, the requests in flight, the connections to the database. This thread must not block
/// meanwhile: a connection that was accepted at the last moment is still to be closed.
asio::awaitable<void> service::stop() {
    signals_.clear(); // a second signal ends the program at once
    state_.is_stopping = true;
    acceptor_.close();
    orders_.close();
    state_.plans->close();
    const auto limit = options_.drain;
    const std::function<asio::awaitable<void>(worker&)> drain = [limit](worker& w) { return w.drain(limit); };
    co_await for_all(drain);
    // Only now: until then a request may have asked any thread for its state.
    const std::function<asio::awaitable<void>(worker&)> close = [](worker& w) { return w.close(); };
    co_await for_all(close);
}

} // namespace

pgcoro::result<> serve(const options& o) {
    if (o.creates_schema) {
        BOOST_OUTCOME_TRY(pgcoro::run(create_schema(pgcoro::connect_config(o.dsn))));
    }
    service all(o);
    BOOST_OUTCOME_TRY(all.listen());
    std::cout << "shop_service: listening on " << all.address() << std::endl;
    all.run();
    std::cout << "shop_service: stopped" << std::endl;
    return pgcoro::success();
}

} // namespace shop
