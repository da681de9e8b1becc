// SPDX-License-Identifier: BSL-1.0
// The snippets of the page on observing.
#include "run.hpp"

#include <pgcoro/observer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/trace_spans.hpp>

#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using tutorial::expect;

namespace {

// [slow]
class slow_statements : public pgcoro::observer {
public:
    void on_statement_end(const pgcoro::statement_event& e) noexcept override {
        if (e.total() > std::chrono::milliseconds(20)) {
            ++count;
            std::clog << (e.name().empty() ? e.sql() : e.name()) << ": waited " << e.waited().count() << " ns, on the wire "
                      << e.on_wire().count() << " ns, " << e.rows() << " rows\n";
        }
    }
    std::atomic<int> count = 0;
};
// [/slow]

pgcoro::task<> observe(std::string dsn) {
    // [set]
    const auto slow = std::make_shared<slow_statements>();
    pgcoro::pool_options options;
    options.name = "shop";
    options.observers.push_back(slow);
    pgcoro::pool db(co_await asio::this_coro::executor, dsn, options);

    BOOST_OUTCOME_CO_TRY(co_await db.execute("select pg_sleep(0.03)").named("a_nap"));
    // [/set]
    expect(slow->count == 1);
    co_return pgcoro::success();
}

/// Where requests come from, in a program that has them.
struct request_context {
    std::optional<pgcoro::trace_context> trace;
};
thread_local request_context current_request;

std::vector<pgcoro::span> exported;

pgcoro::task<> trace(std::string dsn) {
    // [trace]
    pgcoro::trace_options options;
    options.current = [] { return current_request.trace; };
    options.on_end = [](pgcoro::span&& s) { exported.push_back(std::move(s)); };
    options.comments = pgcoro::trace_comments::unprepared;

    pgcoro::connect_config config(dsn);
    config.observe(std::make_shared<pgcoro::trace_spans>(options));
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));

    current_request.trace = pgcoro::read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1").named("ask_nothing"));
    // [/trace]
    expect(exported.size() == 1 && exported.front().name == "ask_nothing");
    expect(exported.front().context.trace_id == current_request.trace->trace_id);
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string dsn) {
    BOOST_OUTCOME_CO_TRY(co_await observe(dsn));
    BOOST_OUTCOME_CO_TRY(co_await trace(dsn));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
