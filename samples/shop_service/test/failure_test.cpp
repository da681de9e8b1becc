// SPDX-License-Identifier: BSL-1.0
// A database that is slow, gone or broken, and a service that is told to stop.
#include "service_fixture.hpp"
#include "table_lock.hpp"

#include <sys/wait.h>

#include <csignal>
#include <future>
#include <string>

namespace {

using namespace shop_test;

class failure : public service_test {
protected:
    /// Until it accepts no more connections.
    static void wait_until_closed(std::uint16_t port) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (accepts(port)) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit);
        }
    }

private:
    static bool accepts(std::uint16_t port) {
        try {
            static_cast<void>(shop_test::get(port, "/health/live"));
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }
};

TEST_F(failure, a_deadline_of_the_request_is_kept) {
    table_lock lock(server_.dsn(), "products");
    const auto late = get("/products", {{"Request-Timeout", "0.2"}});
    EXPECT_EQ(late.status, 504);
    EXPECT_EQ(late.headers.at("content-type"), "application/problem+json");
    lock.release();
    EXPECT_EQ(get("/products").status, 200);
}

TEST_F(failure, a_deadline_that_is_none_is_refused) {
    for (const std::string header : {"soon", "-1", "0", "1s", "nan"}) {
        EXPECT_EQ(get("/products", {{"Request-Timeout", header}}).status, 400) << header;
    }
}

TEST_F(failure, a_request_in_flight_is_answered_after_sigterm) {
    table_lock lock(server_.dsn(), "products");
    auto reply = std::async(std::launch::async, [this] { return get("/products", {{"Request-Timeout", "60"}}); });
    lock.wait_for_waiting(1);
    service_.send_signal(SIGTERM);
    wait_until_closed(port());
    lock.release();
    const auto answered = reply.get();
    EXPECT_EQ(answered.status, 200);
    EXPECT_EQ(answered.headers.at("connection"), "close");
    EXPECT_EQ(service_.wait(), 0);
    // The server notices only some time after the program has ended; how long that takes is no verdict.
    while (sql("select count(*) from pg_stat_activity where application_name = 'shop_service'") != "0") {
    }
}

TEST_F(failure, requests_that_take_too_long_after_sigterm_are_broken_off) {
    service_process impatient(server_.dsn(), {"--drain", "1"});
    table_lock lock(server_.dsn(), "products");
    auto reply = std::async(std::launch::async,
                            [&] { return shop_test::get(impatient.port(), "/products", {{"Request-Timeout", "60"}}); });
    lock.wait_for_waiting(1);
    impatient.send_signal(SIGTERM);
    EXPECT_EQ(impatient.wait(), 0);
    EXPECT_THROW(reply.get(), std::exception);
}

TEST_F(failure, a_second_signal_ends_it_at_once) {
    table_lock lock(server_.dsn(), "products");
    open_response waiting(port(), "/products");
    lock.wait_for_waiting(1);
    service_.send_signal(SIGTERM);
    wait_until_closed(port());
    service_.send_signal(SIGTERM);
    EXPECT_TRUE(WIFSIGNALED(service_.wait()));
}

TEST_F(failure, a_list_that_breaks_off_does_not_look_complete) {
    sql("insert into products (name, price_cents, stock) select repeat('n', 190) || i, i, i from generate_series(1, 200000) i");
    open_response list(port(), "/products/export", 4096);
    ASSERT_TRUE(list.read_until("\"id\":1,"));
    server_.kill().value();
    EXPECT_TRUE(list.read_to_end());
    EXPECT_FALSE(list.so_far().ends_with("0\r\n\r\n"));
    EXPECT_EQ(get("/health/live").status, 200);
}

TEST_F(failure, without_a_database_it_is_503_until_it_is_back) {
    ASSERT_EQ(get("/products").status, 200);
    server_.stop().value();
    const auto gone = get("/products", {{"Request-Timeout", "1"}});
    EXPECT_EQ(gone.status, 503) << gone.body;
    EXPECT_GT(std::stoi(gone.headers.at("retry-after")), 0);
    const auto order = post("/orders", R"({"product":1,"quantity":1,"customer":"Ada"})", {{"Request-Timeout", "1"}});
    EXPECT_EQ(order.status, 503) << order.body;
    wait_for("/health/ready", 503);
    EXPECT_EQ(get("/health/live").status, 200);
    EXPECT_FALSE(get("/status").json().at("database").at("serving").as_bool());
    EXPECT_NE(get("/metrics").body.find("shop_database_up 0"), std::string::npos);
    server_.start().value();
    wait_for("/health/ready", 200);
    EXPECT_EQ(get("/products").status, 200);
    EXPECT_EQ(get("/db?via=multiplexer").status, 200);
}

TEST_F(failure, a_service_that_starts_before_its_database_serves_when_it_is_there) {
    server_.stop().value();
    service_process early(server_.dsn(), {});
    EXPECT_EQ(shop_test::get(early.port(), "/health/ready").status, 503);
    server_.start().value();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (shop_test::get(early.port(), "/health/ready").status != 200) {
        ASSERT_LT(std::chrono::steady_clock::now(), limit);
    }
    EXPECT_EQ(shop_test::get(early.port(), "/products").status, 200);
}

TEST_F(failure, an_address_in_use_ends_it_at_once) {
    const auto [exit_code, text] = run_service(server_.dsn(), "--port " + std::to_string(port()));
    EXPECT_EQ(exit_code, 1);
    EXPECT_EQ(text, "shop_service: cannot listen on 127.0.0.1: Address already in use\n");
}

TEST_F(failure, neither_secrets_nor_values_are_in_logs_and_pages) {
    const auto dsn = server_.tcp_dsn();
    const auto begin = dsn.find("password='") + std::string("password='").size();
    const auto password = dsn.substr(begin, dsn.find('\'', begin) - begin);
    ASSERT_GT(password.size(), 8u) << dsn;
    sql("alter table products rename to other");
    const auto failed = post("/products", R"({"name":"tell-nobody","price_cents":1,"stock":1})");
    EXPECT_EQ(failed.status, 500);
    EXPECT_EQ(failed.body, R"({"type":"about:blank","title":"The request failed","status":500})");
    sql("alter table other rename to products; alter table products add constraint short check (length(name) < 3)");
    EXPECT_EQ(post("/products", R"({"name":"tell-nobody","price_cents":1,"stock":1})").status, 422);
    server_.stop().value();
    EXPECT_EQ(post("/products", R"({"name":"tell-nobody","price_cents":1,"stock":1})", {{"Request-Timeout", "1"}}).status, 503);
    const std::string all = service_.log() + get("/status").body + get("/metrics").body + get("/health").body + get("/").body;
    EXPECT_NE(all.find("POST /products: 500: 42P01 undefined_table"), std::string::npos) << all;
    EXPECT_NE(all.find("POST /products: 503: "), std::string::npos) << all;
    EXPECT_EQ(all.find("tell-nobody"), std::string::npos) << all;
    EXPECT_EQ(all.find(password), std::string::npos) << all;
}

} // namespace
