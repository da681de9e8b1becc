// SPDX-License-Identifier: BSL-1.0
// Histograms of durations.
#include <pgcoro/pool_statistics.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pgcoro::duration_histogram;

TEST(pool_statistics, a_histogram_sorts_by_powers_of_two) {
    duration_histogram h;
    for (const auto d : {0us, 1us, 2us, 3us, 1000us}) {
        h.add(d);
    }
    EXPECT_EQ(h.bucket(0), 1u);
    EXPECT_EQ(h.bucket(1), 1u);
    EXPECT_EQ(h.bucket(2), 2u);
    EXPECT_EQ(h.bucket(10), 1u);
    EXPECT_EQ(h.count(), 5u);
    EXPECT_EQ(h.sum(), 1006us);
}

TEST(pool_statistics, the_last_bucket_has_no_limit) {
    duration_histogram h;
    h.add(1000h);
    EXPECT_EQ(h.bucket(duration_histogram::bucket_count - 1), 1u);
    EXPECT_EQ(h.quantile(0.5), std::chrono::microseconds::max());
}

TEST(pool_statistics, a_quantile_is_the_limit_of_its_bucket) {
    duration_histogram h;
    for (int i = 0; i < 99; ++i) {
        h.add(100us);
    }
    h.add(5000us);
    EXPECT_EQ(h.quantile(0.5), 128us);
    EXPECT_EQ(h.quantile(0.99), 128us);
    EXPECT_EQ(h.quantile(1.0), 8192us);
    EXPECT_EQ(duration_histogram().quantile(0.5), 0us);
}

} // namespace
