// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/transfer_progress.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using pgcoro::command_tag;
using pgcoro::progress_meter;
using pgcoro::transfer_report;
using namespace std::chrono_literals;

class a_progress_meter : public testing::Test {
protected:
    std::chrono::steady_clock::time_point now{};
    std::vector<transfer_report> reports;
    progress_meter meter{[this](const transfer_report& r) { reports.push_back(r); }, 100ms, [this] { return now; }};
};

TEST_F(a_progress_meter, reports_at_most_once_in_an_interval) {
    meter.begin();

    for (int i = 0; i < 100; ++i) {
        now += 5ms;
        meter.add(10);
    }

    EXPECT_EQ(reports.size(), 5u);
}

TEST_F(a_progress_meter, reports_sums_and_averages) {
    meter.begin(5000);

    now += 2s;
    meter.add(1000, 7);
    now += 2s;
    meter.add(2000, 9);

    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports.back().bytes, 3000u);
    EXPECT_EQ(reports.back().rows, 9u);
    EXPECT_EQ(reports.back().total_bytes, 5000u);
    EXPECT_EQ(reports.back().elapsed, 4s);
    EXPECT_EQ(reports.back().bytes_per_second(), 750);
    EXPECT_EQ(reports.back().tag, "");
}

TEST_F(a_progress_meter, reports_the_end_however_soon) {
    meter.begin();
    meter.add(10, 3);

    const auto last = meter.finish(command_tag("COPY 2"));

    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports.front().tag, "COPY 2");
    EXPECT_EQ(reports.front().rows, 2u);
    EXPECT_EQ(last.rows, 2u);
    EXPECT_EQ(last.rows_per_second(), 0);
}

TEST_F(a_progress_meter, begins_anew) {
    meter.begin(7);
    meter.add(10, 3);
    now += 1s;

    meter.begin();
    const auto last = meter.finish(command_tag("COPY 0"));

    EXPECT_EQ(last.bytes, 0u);
    EXPECT_EQ(last.total_bytes, 0u);
    EXPECT_EQ(last.elapsed, 0s);
}

} // namespace
