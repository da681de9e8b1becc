// SPDX-License-Identifier: BSL-1.0
// Orders as Server-Sent Events.
#include "service_fixture.hpp"

#include <string>

namespace {

using namespace shop_test;

class order_events : public service_test {
protected:
    order_events() { sql("insert into products (name, price_cents, stock) values ('nut', 150, 1000)"); }
    void order(const std::string& customer) {
        const auto made = post("/orders", R"({"product":1,"quantity":1,"customer":")" + customer + "\"}");
        EXPECT_EQ(made.status, 201) << made.body;
    }
    /// The listener is at work when an order has come through.
    void wait_until_followed(open_response& by) {
        ASSERT_TRUE(by.read_until("retry:"));
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (sql("select count(*) from pg_stat_activity where query ilike 'listen%'") == "0") {
            ASSERT_LT(std::chrono::steady_clock::now(), limit);
        }
    }
    std::int64_t clients() const { return get("/status").json().at("event_clients").as_int64(); }
};

TEST_F(order_events, all_clients_of_all_threads_get_each_order) {
    open_response first(port());
    open_response second(port());
    wait_until_followed(first);
    ASSERT_TRUE(second.read_until("retry:"));
    order("Ada");
    EXPECT_TRUE(first.read_until("\"customer\" : \"Ada\""));
    EXPECT_TRUE(second.read_until("\"customer\" : \"Ada\""));
    EXPECT_NE(first.so_far().find("event: order\ndata: {\"id\" : 1,"), std::string::npos);
}

TEST_F(order_events, an_order_that_others_make_comes_too) {
    open_response reader(port());
    wait_until_followed(reader);
    sql("insert into orders (product, quantity, customer, total_cents) values (1, 1, 'Grace', 150)");
    EXPECT_TRUE(reader.read_until("Grace"));
}

TEST_F(order_events, a_gap_is_told_when_the_database_was_gone) {
    open_response reader(port());
    wait_until_followed(reader);
    server_.restart().value();
    EXPECT_TRUE(reader.read_until("event: gap\ndata: {\"cause\":\"reconnected\"}"));
    wait_for("/health/ready", 200);
    order("Ada");
    EXPECT_TRUE(reader.read_until("Ada"));
}

TEST_F(order_events, a_client_that_does_not_read_is_dropped_and_others_get_everything) {
    open_response reader(port());
    open_response sleeper(port(), "/events", 4096);
    wait_until_followed(reader);
    ASSERT_TRUE(sleeper.read_until("retry:"));
    ASSERT_EQ(clients(), 2);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    for (int round = 0; clients() == 2; ++round) { // until what the kernel keeps for the sleeper is full
        ASSERT_LT(std::chrono::steady_clock::now(), limit);
        const auto mark = "round" + std::to_string(round);
        sql("select pg_notify('orders', i || repeat('x', 7000)) from generate_series(1, 100) i; notify orders, '" + mark + "'");
        ASSERT_TRUE(reader.read_until(mark));
    }
    EXPECT_EQ(clients(), 1);
    order("Ada");
    EXPECT_TRUE(reader.read_until("Ada"));
}

TEST_F(order_events, they_end_when_the_service_stops) {
    open_response reader(port());
    ASSERT_TRUE(reader.read_until("retry:"));
    service_.send_signal(SIGTERM);
    EXPECT_EQ(service_.wait(), 0);
    EXPECT_TRUE(reader.read_to_end());
    EXPECT_TRUE(reader.so_far().ends_with("0\r\n\r\n")); // the last chunk: it is complete
}

} // namespace
