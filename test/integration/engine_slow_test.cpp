// SPDX-License-Identifier: BSL-1.0
// Values as large as they get. These take seconds and gigabytes: ctest calls them slow.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

using bytes = std::vector<std::byte>;
constexpr std::size_t gibibyte = std::size_t{1} << 30;

class slow : public testing::Test {
protected:
    void SetUp() override {
        if (sanitized) {
            GTEST_SKIP() << "takes too much memory with a sanitizer";
        }
    }
};

TEST_F(slow, two_hundred_mebibytes_travel_both_ways) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const bytes large(200 << 20, std::byte{42});
        BOOST_OUTCOME_CO_TRY(auto echo, co_await c.fetch_one<bytes>("select $1::bytea", large));
        EXPECT_TRUE(echo == large);
        co_return success();
    });
}

// Each time the socket takes a part, libpq moves all the rest to the front of its buffer: ten times the size takes a hundred
// times as long.
TEST_F(slow, the_largest_message_travels) {
    with_connection(
        shared_server().dsn(),
        [](connection& c) -> task<> {
            // The message holds names, formats and lengths besides the value.
            const bytes large(gibibyte - 1024, std::byte{42});
            BOOST_OUTCOME_CO_TRY(auto size, co_await c.fetch_one<long>("select length($1::bytea)::int8", large));
            EXPECT_EQ(size, static_cast<long>(large.size()));
            co_return success();
        },
        std::chrono::minutes(20));
}

TEST_F(slow, a_value_of_a_gibibyte_is_refused_before_anything_is_sent) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const auto size : {gibibyte, gibibyte - 1, gibibyte - 64}) {
            const bytes too_large(size);
            auto refused = co_await c.fetch_one<long>("select length($1::bytea)::int8", too_large);
            EXPECT_EQ(error_of(refused), errc::value_too_large);
            EXPECT_TRUE(error_of(refused).is(pgcoro::error::nothing_sent));
        }
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST_F(slow, values_that_exceed_a_message_together_are_refused) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const bytes half(gibibyte / 2 + 1);
        auto refused = co_await c.fetch_one<long>("select length($1::bytea)::int8 + length($2::bytea)", half, half);
        EXPECT_EQ(error_of(refused), errc::value_too_large);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

} // namespace
