// SPDX-License-Identifier: BSL-1.0
// time, timetz, interval and the infinite dates and timestamps, to the server and back.
#include "types_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

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

// The server is asked what each prints as.
TEST_F(types, intervals_print_as_the_server_prints_them) {
    std::vector<interval> values;
    for (const int months : {0, 1, -1, 11, 12, 13, -12, -25, 178956970 * 12 + 7}) {
        for (const int days : {0, 1, -1, 2, 30, -400}) {
            for (const auto time : {0us, 1us, -1us, microseconds(59s + 100ms), microseconds(-1h), microseconds(25h + 1s),
                                    microseconds(-100h - 500us), microseconds(10'000'000h)}) {
                values.emplace_back(months, days, time);
            }
        }
    }
    std::vector<std::string> printed_here;
    for (const auto& value : values) {
        printed_here.push_back(to_string(value));
    }
    EXPECT_EQ(printed(values, "::text[]"), printed(printed_here, "::text[]"));
    EXPECT_EQ(to_string(interval::infinity()), "infinity");
    EXPECT_EQ(to_string(interval::minus_infinity()), "-infinity");
}

TEST_F(types, durations_are_intervals) {
    expect_same_everywhere(36h, "36:00:00", "interval");
    expect_same_everywhere(-90min, "-01:30:00", "interval");
    expect_same_everywhere(3661s, "01:01:01", "interval");
    expect_same_everywhere(1500ms, "00:00:01.5", "interval");
    expect_same_everywhere(microseconds(-1), "-00:00:00.000001", "interval");
    EXPECT_EQ(printed(1999ns), "00:00:00.000001");
    EXPECT_EQ(printed(-1ns), "-00:00:00.000001");
    EXPECT_EQ(read<hours>("timestamp '2024-03-01 12:00' - timestamp '2024-02-28 11:00'").value(), 49h); // 2 days 01:00:00
    EXPECT_EQ(read<nanoseconds>("interval '1.5 milliseconds'").value(), 1500us);
}

TEST_F(types, intervals_that_are_no_whole_number_of_a_duration_cannot_be_read) {
    EXPECT_EQ(read<hours>("interval '90 minutes'").error(), pgcoro::errc::value_out_of_range);
    EXPECT_EQ(read<seconds>("interval '1.5 seconds'").error(), pgcoro::errc::value_out_of_range);
    EXPECT_EQ(read<hours>("interval '1 month'").error(), pgcoro::errc::value_out_of_range);
    EXPECT_EQ(read<nanoseconds>("interval '1000000 days'").error(), pgcoro::errc::value_out_of_range);
    EXPECT_EQ(read<microseconds>("interval '2000000000 days'").error(), pgcoro::errc::value_out_of_range);
    EXPECT_EQ((read<duration<int>>("interval '1000000 hours'")).error(), pgcoro::errc::value_out_of_range);
    const auto unsendable = run(connection_.execute("select $1", hours::max()));
    EXPECT_EQ(unsendable.error(), pgcoro::errc::value_out_of_range);
}

TEST_F(types, a_point_in_time_is_the_same_whatever_the_time_zone_of_the_session) {
    const auto noon = sys_days(2024y / July / 1) + 12h;
    for (const char* zone : {"UTC", "Asia/Tokyo", "America/St_Johns"}) {
        ASSERT_TRUE(run(connection_.execute("select set_config('timezone', $1, false)", zone)).has_value());
        EXPECT_EQ(run(connection_.fetch_one<sys_time<microseconds>>("select '2024-07-01 12:00Z'::timestamptz")).value(), noon)
            << zone;
        EXPECT_TRUE(run(connection_.fetch_one<bool>("select $1 = '2024-07-01 12:00Z'", noon)).value()) << zone;
        EXPECT_EQ(run(connection_.fetch_one<local_time<microseconds>>("select $1 at time zone 'Europe/Berlin'", noon)).value(),
                  local_days(2024y / July / 1) + 14h)
            << zone;
    }
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
