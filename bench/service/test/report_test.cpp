// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace {

using namespace bench::service;
using namespace std::chrono_literals;

slice costing(double cpu_us) {
    slice s;
    s.requests_per_second = 1000;
    s.cpu_us = cpu_us;
    s.p50_ms = 1;
    s.p99_ms = 2;
    return s;
}

report with(double ours, double theirs) {
    report all;
    all.setting = "a setting\n";
    all.measurements = {{endpoint::db, "ours", false, {costing(ours)}}, {endpoint::db, "peer", true, {costing(theirs)}}};
    outage o;
    o.name = "ours";
    o.restarts = 2;
    o.result.right = 70;
    o.result.failures = {{0, 2}, {503, 15}};
    all.outages.push_back(o);
    return all;
}

std::string printed(const report& all, bool expected) {
    std::ostringstream out;
    EXPECT_EQ(print(out, all), expected);
    return std::move(out).str();
}

TEST(service_report, a_slice_has_the_cost_of_a_right_answer) {
    load_result r;
    r.right = 101;
    r.duration = 500ms;
    for (int i = 0; i <= 100; ++i) {
        r.latencies_us.push_back(1000.0 * (100 - i));
    }

    const auto s = slice_of(r, 2020us);

    EXPECT_DOUBLE_EQ(s.requests_per_second, 202);
    EXPECT_DOUBLE_EQ(s.cpu_us, 20);
    EXPECT_DOUBLE_EQ(s.p50_ms, 50);
    EXPECT_DOUBLE_EQ(s.p99_ms, 99);
}

TEST(service_report, no_answer_has_no_cost) { EXPECT_THROW(slice_of({}, 1s), std::runtime_error); }

TEST(service_report, the_goal_is_five_times_the_requests_per_core) {
    EXPECT_NE(printed(with(10, 50), true).find("5.00 times the peer's (5.00 to 5.00); goal: at least 5.00, met"),
              std::string::npos);
    EXPECT_NE(printed(with(10, 49), false).find("4.90 times the peer's (4.90 to 4.90); goal: at least 5.00, MISSED"),
              std::string::npos);
}

TEST(service_report, without_the_peer_there_is_no_verdict) {
    auto all = with(10, 49);
    all.measurements.pop_back();

    EXPECT_EQ(printed(all, true).find("goal"), std::string::npos);
}

TEST(service_report, a_short_run_has_no_verdict) {
    auto all = with(10, 49);
    all.has_verdict = false;

    EXPECT_EQ(printed(all, true).find("goal"), std::string::npos);
}

TEST(service_report, failures_are_told_by_status) {
    EXPECT_NE(printed(with(1, 5), true).find("failed 17: 2 without a response, 15 with 503"), std::string::npos);
}

TEST(service_report, the_json_has_each_round) {
    const auto all = boost::json::parse(json_text(with(10, 49)));

    EXPECT_EQ(all.at("measurements").at(0).at("rounds").at(0).at("cpu_us").as_double(), 10);
    EXPECT_EQ(all.at("outages").at(0).at("failures").at("503").to_number<int>(), 15);
}

TEST(service_report, the_chart_has_requests_per_core) {
    const auto made = chart(with(10, 50));

    EXPECT_DOUBLE_EQ(made.bars.at(0).value, 100'000);
    EXPECT_TRUE(made.bars.at(0).is_ours);
    EXPECT_DOUBLE_EQ(made.bars.at(1).value, 20'000);
}

TEST(service_report, the_document_is_filled_in_between_its_marks) {
    const std::string begin = "<!-- bench_service: results -->\n", end = "<!-- bench_service: end of results -->\n";

    EXPECT_EQ(fill_in("a\n" + begin + "old\n" + end + "b\n", "new\n"), "a\n" + begin + "new\n" + end + "b\n");
    EXPECT_THROW(fill_in("a\n" + begin, "new\n"), std::runtime_error);
    EXPECT_NE(markdown(with(10, 50)).find("| `GET /db`, **ours** | 1000 | 10.0 | 1.00 | 2.00 | 5.00 (5.00 to 5.00) |"),
              std::string::npos);
}

} // namespace
