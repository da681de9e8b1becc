// SPDX-License-Identifier: BSL-1.0
// What a stream keeps in memory, whatever it reads or writes: a consumer that pauses makes the server wait.
#include "support/resident.hpp"
#include "support/run.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;
using pgcoro::unchecked_sql;

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::size_t most = 16 * mebibyte;

/// Others have their turn: the server goes on as long as somebody takes what it sends.
asio::awaitable<void> take_a_rest() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::use_awaitable);
}

enum class way { local, tcp, tls };

void PrintTo(way w, std::ostream* out) { *out << (w == way::local ? "local" : w == way::tcp ? "tcp" : "tls"); }

class stream_memory : public testing::TestWithParam<way> {
protected:
    static void SetUpTestSuite() {
        pgcoro::testing::server_options options;
        options.tls.emplace();
        options.users.emplace_back("app", "secret");
        server_ =
            std::make_unique<pgcoro::testing::ephemeral_server>(pgcoro::testing::ephemeral_server::create(options).value());
    }
    static void TearDownTestSuite() { server_.reset(); }

    static pgcoro::connect_config config() {
        pgcoro::connect_config where(GetParam() == way::local ? server_->dsn() : "user=app password=secret dbname=postgres");
        if (GetParam() != way::local) {
            where.host("127.0.0.1").port(server_->port());
            where.sslmode(GetParam() == way::tls ? pgcoro::sslmode::require : pgcoro::sslmode::disable);
        }
        return where;
    }

    /// Reads about so many rows of a KiB each, and looks at the memory all the time.
    static task<> stream_rows(connection& c, int rows, std::size_t limit) {
        auto opened = c.stream<std::string>("select repeat('x', 1000) from generate_series(1, $1)", rows);
        BOOST_OUTCOME_CO_TRY(auto stream, co_await std::move(opened));
        std::size_t bytes = 0;
        std::size_t peak = 0;
        for (int chunks = 0;; ++chunks) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await stream.next_chunk());
            if (chunk.empty()) {
                break;
            }
            for (const auto& text : chunk) {
                bytes += text.size();
            }
            if (chunks % 50 == 0) {
                co_await take_a_rest();
            }
            peak = std::max(peak, resident());
        }
        EXPECT_EQ(bytes, static_cast<std::size_t>(rows) * 1000);
        EXPECT_LT(peak, limit);
        co_return success();
    }

    static task<> copy_out(connection& c, int rows, std::size_t limit) {
        const auto sql = "copy (select repeat('x', 1000) from generate_series(1, " + std::to_string(rows) + ")) to stdout";
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out(unchecked_sql(sql)));
        std::size_t bytes = 0;
        std::size_t peak = 0;
        for (int chunks = 0;; ++chunks) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await reader.read());
            if (chunk.empty()) {
                break;
            }
            bytes += chunk.size();
            if (chunks % 50 == 0) {
                co_await take_a_rest();
            }
            peak = std::max(peak, resident());
        }
        EXPECT_EQ(bytes, static_cast<std::size_t>(rows) * 1001);
        EXPECT_LT(peak, limit);
        co_return success();
    }

    /// The server takes its time.
    static task<> copy_in(connection& c, int rows, std::size_t limit) {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy filled from stdin"));
        const std::string row = std::string(1000, 'x') + "\n";
        std::size_t peak = 0;
        for (int i = 0; i < rows; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await writer.write(row));
            if (i % 100 == 0) {
                peak = std::max(peak, resident());
            }
        }
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag.rows_affected(), static_cast<std::uint64_t>(rows));
        EXPECT_LT(peak, limit);
        co_return success();
    }

    void stay_small(int rows) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "a sanitizer keeps what is freed";
#endif
        with_connection(config(), [&](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table filled (a text)"));
            // The first time, what every connection needs comes into memory.
            constexpr std::size_t any = std::size_t(1) << 40;
            BOOST_OUTCOME_CO_TRY(co_await stream_rows(c, 1000, any));
            const std::size_t limit = resident() + most;
            BOOST_OUTCOME_CO_TRY(co_await stream_rows(c, rows, limit));
            BOOST_OUTCOME_CO_TRY(co_await copy_out(c, rows, limit));
            BOOST_OUTCOME_CO_TRY(co_await copy_in(c, std::min(rows, 100'000), limit));
            co_return success();
        });
    }

    inline static std::unique_ptr<pgcoro::testing::ephemeral_server> server_;
};

TEST_P(stream_memory, does_not_grow_with_a_hundred_megabytes) { stay_small(100'000); }

INSTANTIATE_TEST_SUITE_P(through, stream_memory, testing::Values(way::local, way::tcp, way::tls));

class large_stream_memory : public stream_memory {};

TEST_P(large_stream_memory, does_not_grow_with_two_gigabytes) { stay_small(2'000'000); }

INSTANTIATE_TEST_SUITE_P(slow, large_stream_memory, testing::Values(way::local, way::tcp, way::tls));

} // namespace
