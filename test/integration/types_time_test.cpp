// SPDX-License-Identifier: BSL-1.0
// time, timetz, interval and the infinite dates and timestamps, to the server and back.
#include "types_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <type_traits>

namespace {

using namespace std::chrono;
using pgcoro::interval;
using pgcoro::or_infinity;
using pgcoro::time_of_day;
using pgcoro::time_with_offset;
using types = pgcoro::test::types_fixture;

TEST_F(types, times_of_day) {
    const std::string type = "time without time zone";
    for (const auto& value : {time_of_day(), time_of_day(1us), time_of_day(13h + 30min),
                              time_of_day(23h + 59min + 59s + 999999us), time_of_day(500ms), time_of_day(24h)}) {
        expect_same_everywhere(value, to_string(value), type);
    }
    EXPECT_EQ(printed(time_of_day(24h)), "24:00:00");
    EXPECT_EQ(printed(time_of_day(1h + 2min + 3s + 40ms)), "01:02:03.04");
}

TEST_F(types, times_with_offset) {
    const std::string type = "time with time zone";
    const auto last = 15h + 59min + 59s;
    for (const auto& value :
         {time_with_offset(), time_with_offset(time_of_day(12h), 2h), time_with_offset(time_of_day(12h + 1us), 5h + 30min),
          time_with_offset(time_of_day(24h), last), time_with_offset(time_of_day(), -last)}) {
        expect_same_everywhere(value, to_string(value), type);
    }
    EXPECT_EQ(printed(time_with_offset(time_of_day(12h), -8h)), "12:00:00-08");
}

TEST_F(types, intervals) {
    using limits = std::numeric_limits<std::int32_t>;
    expect_same_everywhere(interval(), "00:00:00", "interval");
    expect_same_everywhere(interval(14, -3, 4h + 5min + 6s + 7us), "1 year 2 mons -3 days +04:05:06.000007", "interval");
    expect_same_everywhere(interval(-1us), "-00:00:00.000001", "interval");
    expect_same_everywhere(interval(0, 1), "1 day", "interval");
    expect_same_everywhere(interval(limits::min(), 0), "-178956970 years -8 mons", "interval");
    expect_same_everywhere(interval(limits::max(), limits::min() + 1), "178956970 years 7 mons -2147483647 days", "interval");
    EXPECT_EQ(printed(interval(microseconds(std::numeric_limits<std::int64_t>::max()))), "2562047788:00:54.775807");
    EXPECT_EQ(read<interval>("timestamp '2024-03-01 12:00' - timestamp '2024-02-28 11:00'").value(), interval(0, 2, 1h));
}

TEST_F(types, infinite_intervals) {
    if (read<int>("current_setting('server_version_num')::int").value() >= 170000) {
        expect_same_everywhere(interval::infinity(), "infinity", "interval");
        expect_same_everywhere(interval::minus_infinity(), "-infinity", "interval");
    } else {
        expect_same_everywhere(interval::infinity(), "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807",
                               "interval");
    }
}

template <class Time>
class infinities : public types {};
using time_types =
    testing::Types<sys_days, year_month_day, sys_time<microseconds>, sys_time<nanoseconds>, local_time<microseconds>>;
TYPED_TEST_SUITE(infinities, time_types);

TYPED_TEST(infinities, are_values) {
    using value = or_infinity<TypeParam>;
    const TypeParam may = [] {
        if constexpr (std::is_same_v<TypeParam, year_month_day>) {
            return 2024y / May / 1;
        } else {
            return TypeParam(sys_days(2024y / May / 1).time_since_epoch());
        }
    }();
    const std::string type = this->type_of(may);
    this->expect_same_everywhere(value::infinity(), "infinity", type);
    this->expect_same_everywhere(value::minus_infinity(), "-infinity", type);
    this->expect_same_everywhere(value(may), this->printed(may), type);
}

TEST_F(types, infinite_ends_of_what_the_server_orders) {
    using date = or_infinity<sys_days>;
    const auto sorted = run(connection_.fetch<date>(
        "select d from unnest(array['infinity', '2024-05-01', '-infinity', '4714-11-24 BC', '5874897-12-31']::date[]) d order by d"));
    ASSERT_TRUE(sorted.has_value()) << sorted.error().message();
    EXPECT_TRUE(std::is_sorted(sorted.assume_value().begin(), sorted.assume_value().end()));
    EXPECT_TRUE(sorted.assume_value().front().is_minus_infinity() && sorted.assume_value().back().is_infinity());
}

} // namespace
