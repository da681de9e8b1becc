// SPDX-License-Identifier: BSL-1.0
// TLS records larger than what libpq reads at once: what OpenSSL has decrypted already must be taken out of it, for the socket
// never becomes readable for that again.
#include "support/libpq_of_old.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"
#include "support/tls_proxy.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

/// With libpq as it is, and where the parameter is true, as it was when it did not look for what OpenSSL holds back.
class engine_tls : public testing::TestWithParam<bool> {
protected:
    void through_tls(const std::function<task<>(connection&)>& body) {
        asio::io_context loop(1);
        tls_proxy between(loop, shared_server());
        const auto connected = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
            EXPECT_TRUE(c.tls().has_value());
            auto outcome = co_await body(c);
            co_return outcome;
        };
        std::optional<libpq_of_old> old;
        if (GetParam()) {
            old.emplace();
        }
        run(loop, connected);
    }
};

// Sizes around multiples of a record, so that a result's last bytes are at different places in one.
TEST_P(engine_tls, results_of_all_sizes_arrive_through_large_records) {
    through_tls([](connection& c) -> task<> {
        for (int size = 8 * 1024; size < 200 * 1024; size += 1537) {
            BOOST_OUTCOME_CO_TRY(auto text, co_await c.fetch_one<std::string>("select repeat('x', $1)", size));
            EXPECT_EQ(text.size(), static_cast<std::size_t>(size));
        }
        co_return success();
    });
}

// While libpq's buffer holds the first part of a row, there is no room in it for a whole record. It must not matter where in
// the last one that is.
TEST_P(engine_tls, rows_that_are_cut_anywhere_by_records_arrive) {
    through_tls([](connection& c) -> task<> {
        for (int size = 4'000; size < 8'000; size += 100) {
            BOOST_OUTCOME_CO_TRY(auto rows,
                                 co_await c.fetch<std::string>("select repeat('x', $1) from generate_series(1, 7)", size));
            EXPECT_EQ(rows.size(), 7u);
        }
        co_return success();
    });
}

TEST_P(engine_tls, many_rows_arrive_through_large_records) {
    through_tls([](connection& c) -> task<> {
        for (int rows : {100, 1'000, 10'000, 100'000}) {
            BOOST_OUTCOME_CO_TRY(auto ids, co_await c.fetch<int>("select generate_series(1, $1)", rows));
            EXPECT_EQ(ids.size(), static_cast<std::size_t>(rows));
        }
        co_return success();
    });
}

TEST_P(engine_tls, both_directions_at_once_complete) {
    through_tls([](connection& c) -> task<> {
        const std::string large(200'000, 'x');
        std::vector<started<std::string>> echoes;
        for (int i = 0; i < 50; ++i) {
            echoes.emplace_back(c.fetch_one<std::string>("select $1::text", large));
        }
        for (const auto& e : echoes) {
            BOOST_OUTCOME_CO_TRY(auto echo, co_await e.get());
            EXPECT_TRUE(echo == large);
        }
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(libpq_as_it_is, engine_tls, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(libpq_of_old, engine_tls, testing::Values(true));

} // namespace
