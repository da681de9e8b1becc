// SPDX-License-Identifier: BSL-1.0
// A query in steady state takes nothing from the heap outside libpq.
#include "support/counted_heap.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;

class allocations_in_steady_state : public testing::Test {
protected:
    /// What the second half of many queries allocated, asked by `coroutines` coroutines over `connections` connections. The
    /// first half prepares the statement and fills every cache and pool.
    std::size_t of(int connections, int coroutines) {
        for (int i = 0; i != connections; ++i) {
            spawn(connect());
            finish();
        }
        for (int i = 0; i != coroutines; ++i) {
            spawn(ask(connections_[static_cast<std::size_t>(i) % connections_.size()]));
        }
        finish();
        EXPECT_EQ(left_, 0);
        return at_end_ - at_half_;
    }

    /// The same over a pool of so many connections.
    std::size_t of_pool(std::size_t connections, int coroutines) {
        pgcoro::pool_options options;
        options.max_size = connections;
        pgcoro::pool db(context_.get_executor(), pgcoro::test::shared_server().dsn(), options);
        for (int i = 0; i != coroutines; ++i) {
            spawn(ask(db));
        }
        finish();
        EXPECT_EQ(left_, 0);
        return at_end_ - at_half_;
    }

    /// The same over a multiplexer with so many lanes.
    std::size_t of_multiplexer(std::size_t lanes, int coroutines) {
        pgcoro::multiplexer_options options;
        options.lanes = lanes;
        pgcoro::multiplexer m(context_.get_executor(), pgcoro::test::shared_server().dsn(), options);
        spawn(open(m));
        finish();
        for (int i = 0; i != coroutines; ++i) {
            spawn(ask(m));
        }
        finish();
        EXPECT_EQ(left_, 0);
        return at_end_ - at_half_;
    }

private:
    asio::awaitable<void> connect() {
        auto connection = co_await pgcoro::connect(pgcoro::test::shared_server().dsn());
        connections_.push_back(std::move(connection).value());
    }

    asio::awaitable<void> open(pgcoro::multiplexer& m) {
        const auto opened = co_await m.open();
        opened.value();
    }

    template <class Connection>
    asio::awaitable<void> ask(Connection& connection) {
        while (left_ != 0) {
            const std::int32_t n = left_--;
            const auto twice = co_await connection.template fetch_one<std::int32_t>("select 2 * $1::int4", n);
            if (twice.value() != 2 * n) {
                throw std::runtime_error("a wrong answer");
            }
            if (++answered_ == queries / 2) {
                at_half_ = pgcoro::test::allocations();
            }
            // The coroutines that end allocate, too.
            if (answered_ == queries - margin) {
                at_end_ = pgcoro::test::allocations();
            }
        }
    }

    void spawn(asio::awaitable<void> coroutine) {
        ++running_;
        asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr e) {
            if (e) {
                std::rethrow_exception(e);
            }
            if (--running_ == 0) {
                context_.stop();
            }
        });
    }

    void finish() {
        context_.run();
        context_.restart();
    }

    static constexpr int queries = 8'000;
    static constexpr int margin = 100;

    asio::io_context context_{1};
    std::vector<pgcoro::connection> connections_;
    int left_ = queries;
    int answered_ = 0;
    int running_ = 0;
    std::size_t at_half_ = 0;
    std::size_t at_end_ = 0;
};

TEST_F(allocations_in_steady_state, are_none_for_one_query_after_the_other) { EXPECT_EQ(of(1, 1), 0U); }

TEST_F(allocations_in_steady_state, are_none_for_64_coroutines_on_one_connection) { EXPECT_EQ(of(1, 64), 0U); }

TEST_F(allocations_in_steady_state, are_none_for_64_coroutines_on_four_connections) { EXPECT_EQ(of(4, 64), 0U); }

TEST_F(allocations_in_steady_state, are_none_for_one_query_after_the_other_on_a_pool) { EXPECT_EQ(of_pool(4, 1), 0U); }

TEST_F(allocations_in_steady_state, are_none_for_64_coroutines_that_wait_for_four_connections_of_a_pool) {
    EXPECT_EQ(of_pool(4, 64), 0U);
}

TEST_F(allocations_in_steady_state, are_none_for_64_coroutines_on_a_multiplexer) { EXPECT_EQ(of_multiplexer(4, 64), 0U); }

// The tests above would pass if nothing were counted.
TEST(allocations, are_counted) {
    const std::size_t before = pgcoro::test::allocations();
    std::vector<std::string> kept(10);
    kept[3] = std::string(100, 'x');
    void* volatile p = std::malloc(10);
    std::free(p);
    EXPECT_EQ(pgcoro::test::allocations() - before, 3U);
}

} // namespace
