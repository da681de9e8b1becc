// SPDX-License-Identifier: BSL-1.0
// A line that fails while a session is begun is no reason to give up: the next server, or the next attempt, may do.
#include "support/pooling.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::pool;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::fault_proxy;
using pgcoro::testing::fault_script;
using pgcoro::testing::line_fault;

class failed_login : public testing::TestWithParam<line_fault> {
protected:
    static void SetUpTestSuite() {
        pgcoro::testing::server_options options;
        options.tls.emplace();
        server_ = std::make_unique<ephemeral_server>(ephemeral_server::create(options).value());
    }
    static void TearDownTestSuite() { server_.reset(); }

    /// Somewhere in the TLS handshake, or in what follows.
    static fault_script failing_at(std::uint64_t byte) {
        fault_script script;
        script.downstream.limit_data = byte;
        script.downstream.at_limit = GetParam();
        return script;
    }
    pgcoro::connect_config config() const {
        pgcoro::connect_config c(proxy_.dsn());
        c.sslmode(pgcoro::sslmode::verify_full).ca_file(server_->ca_file().string());
        return c;
    }

    inline static std::unique_ptr<ephemeral_server> server_;
    fault_proxy proxy_ = fault_proxy::create(*server_).value();
};

TEST_P(failed_login, does_not_keep_connect_from_the_next_server) {
    for (std::uint64_t byte = 0; byte < 2000; byte += 97) {
        proxy_.next(failing_at(byte)); // the second server of the list is the same proxy, which harms nobody else
        auto twice = config();
        twice.add_host("127.0.0.1", proxy_.port());
        with_connection(twice, [&](pgcoro::connection& c) -> task<> {
            EXPECT_EQ(c.failed_attempts().size(), 1u) << byte;
            co_return success();
        });
    }
}

TEST_P(failed_login, does_not_keep_a_pool_from_trying_again) {
    for (std::uint64_t byte = 0; byte < 2000; byte += 97) {
        proxy_.next(failing_at(byte));
        pgcoro::pool_options options;
        options.retry.initial = 1ms;
        with_pool(config(), options, [&](pool& db) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto one, co_await db.fetch_one<int>("select 1"));
            EXPECT_EQ(one, 1);
            BOOST_OUTCOME_CO_TRY(auto counted, co_await db.statistics());
            EXPECT_EQ(counted.connections_errors, 1u) << byte;
            co_return success();
        });
    }
}

INSTANTIATE_TEST_SUITE_P(of, failed_login, testing::Values(line_fault::cut, line_fault::reset));

} // namespace
