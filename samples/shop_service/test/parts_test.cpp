// SPDX-License-Identifier: BSL-1.0
// The decisions of the service, without a server.
#include "input.hpp"
#include "metrics_text.hpp"
#include "options.hpp"
#include "order_events.hpp"
#include "request_timeout.hpp"
#include "routes.hpp"
#include "traffic.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace shop;
using namespace std::chrono_literals;

TEST(request_timeout, is_a_positive_number_of_seconds) {
    EXPECT_EQ(read_timeout("2"), 2000ms);
    EXPECT_EQ(read_timeout("0.25"), 250ms);
    for (const auto* text : {"0", "-1", "nan", "inf", "1s", " 1", "1e3", "."}) {
        EXPECT_FALSE(read_timeout(text)) << text;
    }
}

TEST(request_timeout, is_bounded_and_may_be_left_out) {
    EXPECT_EQ(read_timeout(""), default_timeout);
    EXPECT_EQ(read_timeout("99999999999999999999"), longest_timeout);
    EXPECT_EQ(read_timeout("0.0000001"), 1ms);
}

constexpr route some_routes[] = {
    {"GET", "/things", nullptr}, {"POST", "/things", nullptr}, {"GET", "/things/{id}", nullptr}, {"POST", "/act", nullptr}};

TEST(find_route, takes_method_and_path_literally) {
    EXPECT_EQ(find_route(some_routes, "POST", "/things").found, &some_routes[1]);
    EXPECT_EQ(find_route(some_routes, "GET", "/things/").found, nullptr);
    EXPECT_EQ(find_route(some_routes, "get", "/things").found, nullptr);
}

TEST(find_route, reads_a_positive_number) {
    const auto match = find_route(some_routes, "GET", "/things/42");
    EXPECT_EQ(match.found, &some_routes[2]);
    EXPECT_EQ(match.id, 42);
    for (const auto* path : {"/things/0", "/things/-1", "/things/4x", "/things/4/", "/things/99999999999999999999"}) {
        EXPECT_EQ(find_route(some_routes, "GET", path).found, nullptr) << path;
    }
}

TEST(find_route, answers_head_like_get_and_names_the_methods_of_a_path) {
    EXPECT_EQ(find_route(some_routes, "HEAD", "/things").found, &some_routes[0]);
    EXPECT_EQ(find_route(some_routes, "HEAD", "/act").found, nullptr);
    EXPECT_EQ(find_route(some_routes, "PUT", "/things").allowed, "GET, HEAD, POST");
    EXPECT_EQ(find_route(some_routes, "PUT", "/none").allowed, "");
}

TEST(latency_histogram, a_quantile_is_at_most_nine_percent_too_long) {
    latency_histogram h;
    EXPECT_EQ(h.quantile(0.99), 0);
    for (int i = 1; i <= 100; ++i) {
        h.add(std::chrono::milliseconds(i));
    }
    EXPECT_GE(h.quantile(0.5), 50);
    EXPECT_LE(h.quantile(0.5), 55);
    EXPECT_GE(h.quantile(0.99), 99);
    EXPECT_LE(h.quantile(0.99), 108);
}

TEST(latency_histogram, extremes_are_counted) {
    latency_histogram h;
    h.add(0ns);
    h.add(24h);
    EXPECT_EQ(h.count(), 2u);
    EXPECT_GT(h.quantile(1), 100'000);
}

TEST(traffic, the_last_minute_is_reported_second_by_second) {
    traffic one;
    traffic two;
    one.add(100, 1ms, false);
    one.add(100, 1ms, true);
    two.add(100, 1ms, false);
    two.add(158, 1ms, false);
    const auto report = report_on({one, two}, 160);
    EXPECT_EQ(report.requests, 4u);
    EXPECT_EQ(report.failures, 1u);
    EXPECT_EQ(report.history.size(), 60u);
    EXPECT_EQ(report.history.front(), 3u);
    EXPECT_EQ(report.history[58], 1u);
    EXPECT_DOUBLE_EQ(report.per_second, 0.2);
}

TEST(traffic, what_is_older_is_forgotten) {
    traffic t;
    t.add(100, 1ms, false);
    t.add(161, 5ms, false);
    const auto report = report_on({t}, 161);
    EXPECT_EQ(report.requests, 2u);
    EXPECT_EQ(std::ranges::count(report.history, 1u), 0);
    EXPECT_GE(report.p50_milliseconds, 5);
}

TEST(event_backlog, is_bounded) {
    event_backlog backlog;
    const auto text = std::make_shared<const std::string>("x");
    for (std::size_t i = 0; i < event_backlog::most; ++i) {
        ASSERT_TRUE(backlog.push(text));
    }
    EXPECT_FALSE(backlog.push(text));
    EXPECT_EQ(backlog.take().size(), event_backlog::most);
    EXPECT_TRUE(backlog.is_empty());
}

TEST(format_event, data_cannot_end_the_event) {
    EXPECT_EQ(format_event("order", "a\n\nevent: b\r"), "event: order\ndata: a  event: b \n\n");
}

TEST(json_fields, everything_wrong_is_collected) {
    const auto value = boost::json::parse(R"({"a": 1.5, "b": "", "c": 7, "d": null})");
    json_fields fields(value.get_object());
    fields.integer("a", 0, 9);
    fields.text("b", 9);
    fields.integer("c", 0, 6);
    fields.text("e", 9);
    const auto refused = fields.finish();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 422);
    EXPECT_EQ(boost::json::parse(refused->body).at("errors").as_array().size(), 5u);
}

TEST(read_object, takes_every_spelling_of_application_json) {
    const auto status = [](std::string_view content_type) {
        http_request request;
        request.content_type = content_type;
        request.body = "{}";
        boost::json::object into;
        const auto refused = read_object(request, into);
        return refused ? refused->status : 200;
    };
    EXPECT_EQ(status("application/json"), 200);
    EXPECT_EQ(status("application/json ; charset=utf-8"), 200);
    EXPECT_EQ(status("Application/JSON"), 200);
    EXPECT_EQ(status("application/json-seq"), 415);
    EXPECT_EQ(status(" "), 415);
    EXPECT_EQ(status(""), 415);
}

TEST(query_fields, what_is_left_out_has_its_default) {
    const query_fields::list none;
    query_fields fields(none);
    EXPECT_EQ(fields.integer("limit", 20, 1, 100), 20);
    EXPECT_EQ(fields.word("via", {"pool", "multiplexer"}), "pool");
    EXPECT_FALSE(fields.finish());
}

TEST(options, are_read) {
    const auto parsed = parse({"host=db", "--port", "0", "--threads", "3", "--create-schema"});
    const auto& o = std::get<options>(parsed);
    EXPECT_EQ(o.dsn, "host=db");
    EXPECT_EQ(o.port, 0);
    EXPECT_EQ(o.threads, 3u);
    EXPECT_TRUE(o.creates_schema);
}

TEST(options, mistakes_are_told) {
    const std::vector<std::vector<std::string>> mistakes{{"--port", "70000"}, {"--port"}, {"--threads", "0"},
                                                         {"--colour", "1"},   {"a", "b"}, {"--port", "8x"}};
    for (const auto& arguments : mistakes) {
        EXPECT_TRUE(std::holds_alternative<std::string>(parse(arguments))) << arguments.front();
    }
}

TEST(options, each_thread_needs_connections_enough) {
    using arguments = std::vector<std::string>;
    EXPECT_TRUE(std::holds_alternative<options>(parse(arguments{"--threads", "4"})));
    EXPECT_TRUE(std::holds_alternative<std::string>(parse(arguments{"--threads", "5"})));
    EXPECT_TRUE(std::holds_alternative<options>(parse(arguments{"--connections", "4"})));
    EXPECT_TRUE(std::holds_alternative<std::string>(parse(arguments{"--connections", "3"})));
    EXPECT_TRUE(std::holds_alternative<options>(parse(arguments{"--threads", "5", "--connections", "20"})));
}

TEST(metrics_text, each_metric_has_its_type) {
    service_totals totals;
    totals.pool_idle = 3;
    const auto text = metrics_text(totals);
    EXPECT_NE(text.find("# TYPE pgcoro_pool_idle_connections gauge\npgcoro_pool_idle_connections 3\n"), std::string::npos);
}

} // namespace
