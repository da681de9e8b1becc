// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/testing.md: a user's own tests, on throwaway servers.
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace {

// [suite]
class shop : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = pgcoro::testing::ephemeral_server::create().value(); // throws if there is no server, with the reason
        server_->run_sql("create table products (name text primary key, stock int not null check (stock >= 0))").value();
    }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override { server_->run_sql("truncate products; insert into products values ('teapot', 1)").value(); }

    inline static std::optional<pgcoro::testing::ephemeral_server> server_;
};

pgcoro::task<> sell(pgcoro::connection& db, std::string product) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update products set stock = stock - 1 where name = $1", product));
    co_return pgcoro::success();
}

pgcoro::task<> sell_two(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await sell(db, "teapot"));
    co_return co_await sell(db, "teapot");
}

TEST_F(shop, sells_no_more_than_it_has) {
    const auto outcome = pgcoro::run(sell_two(server_->dsn()));

    EXPECT_EQ(outcome.error(), pgcoro::sqlstate::check_violation);
    EXPECT_EQ(server_->run_sql("select stock from products").value(), "0\n"); // ask the server, not the code under test
}
// [/suite]

// [crash]
pgcoro::task<> sell_during_a_crash(pgcoro::testing::ephemeral_server& server) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(server.dsn()));
    server.kill().value();
    co_return co_await sell(db, "teapot");
}

TEST(shop_without_server, tells_a_lost_connection) {
    auto server = pgcoro::testing::ephemeral_server::create().value();

    const auto outcome = pgcoro::run(sell_during_a_crash(server));

    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().connection_lost());
    ASSERT_TRUE(server.start());
    EXPECT_EQ(server.run_sql("select 1").value(), "1\n");
}
// [/crash]

// [proxy]
pgcoro::task<> sell_through(pgcoro::testing::fault_proxy& line) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(line.dsn()));
    line.half_open(); // from now on nothing reaches either side
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update products set stock = stock - 1").within(std::chrono::milliseconds(100)));
    co_return pgcoro::success();
}

TEST_F(shop, does_not_wait_for_a_server_that_is_out_of_reach) {
    auto line = pgcoro::testing::fault_proxy::create(*server_).value();

    const auto outcome = pgcoro::run(sell_through(line));

    EXPECT_EQ(outcome.error(), pgcoro::errc::timed_out);
    EXPECT_TRUE(outcome.error().outcome_unknown());
}

TEST_F(shop, knows_a_login_that_was_cut_short) {
    auto line = pgcoro::testing::fault_proxy::create(*server_).value();
    pgcoro::testing::fault_script script;
    script.downstream.limit_data = 10; // the client gets ten bytes of the response, then end of file
    line.next(script);

    EXPECT_TRUE(pgcoro::run(sell_through(line)).error().safe_to_retry());
}
// [/proxy]

pgcoro::testing::server_options strict_server() {
    // [options]
    pgcoro::testing::server_options options;
    options.settings = {{"max_connections", "20"}, {"statement_timeout", "5s"}};
    options.tls.emplace(); // a certificate for localhost, 127.0.0.1 and ::1
    options.users.emplace_back("app", "secret");
    options.hba_lines = {"hostnossl all all all reject"};
    // [/options]
    return options;
}

pgcoro::task<std::string> who_am_i(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    co_return co_await db.fetch_one<std::string>("select current_user::text");
}

TEST(server_options, make_the_server_strict) {
    const auto server = pgcoro::testing::ephemeral_server::create(strict_server()).value();
    pgcoro::connect_config config("host=localhost user=app password=secret dbname=postgres sslmode=verify-full");
    config.port(server.port()).ca_file(server.ca_file().string());

    EXPECT_EQ(pgcoro::run(who_am_i(config)).value(), "app");

    config.sslmode(pgcoro::sslmode::disable);
    EXPECT_EQ(pgcoro::run(who_am_i(config)).error(), pgcoro::sqlstate::invalid_authorization_specification);
}

TEST(standby, takes_over) {
    // [standby]
    auto primary = pgcoro::testing::ephemeral_server::create().value();
    primary.run_sql("create table products as select 'teapot' as name").value();
    auto standby = primary.make_standby().value();
    standby.catch_up_with(primary).value();
    primary.stop().value();
    standby.promote().value();
    // [/standby]

    EXPECT_EQ(standby.run_sql("select name from products").value(), "teapot\n");
}

} // namespace
