// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/metrics.md.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/prometheus/metrics.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tutorial::expect;

namespace {

// [answer]
http::response<http::string_body> answer_metrics(const pgcoro::prometheus::metrics& measured) {
    http::response<http::string_body> response(http::status::ok, 11);
    response.set(http::field::content_type, pgcoro::prometheus::metrics::content_type);
    response.body() = measured.text();
    response.prepare_payload();
    return response;
}
// [/answer]

pgcoro::task<> lesson(std::string where) {
    // [measure]
    const auto measured = std::make_shared<pgcoro::prometheus::metrics>();
    pgcoro::pool_options options;
    options.name = "orders";
    options.observers.push_back(measured);
    pgcoro::pool db(co_await asio::this_coro::executor, where, options);
    BOOST_OUTCOME_CO_TRY(
        const auto total,
        co_await db.fetch_one<int>("select sum(n)::int4 from generate_series(1, $1) n", 4).named("total of orders"));
    // [/measure]
    expect(total == 10);
    const auto page = answer_metrics(*measured);
    expect(page.body().find("db_query_summary=\"total of orders\"") != std::string::npos);
    expect(page.body().find("db_client_connection_count{db_client_connection_pool_name=\"orders\"") != std::string::npos);

    // [share]
    const auto registry = std::make_shared<prometheus::Registry>();
    auto& orders = prometheus::BuildCounter().Name("orders_total").Help("Orders taken.").Register(*registry).Add({});
    pgcoro::prometheus::metrics_options finer;
    finer.duration_buckets = {0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.1, 1, 10};
    const auto shared = std::make_shared<pgcoro::prometheus::metrics>(registry, finer);
    // [/share]
    orders.Increment();
    pgcoro::connect_config config(where);
    config.observe(shared);
    BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
    expect(shared->text().find("orders_total 1") != std::string::npos);
    expect(shared->text().find("le=\"0.0002\"") != std::string::npos);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
