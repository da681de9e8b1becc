// SPDX-License-Identifier: BSL-1.0
// The API of products and orders, and what is refused.
#include "service_fixture.hpp"

#include <algorithm>
#include <future>
#include <string>
#include <vector>

namespace {

using namespace shop_test;

class api : public service_test {
protected:
    void expect_problem(const http_reply& reply, int status) {
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
        EXPECT_EQ(reply.json().at("status").as_int64(), status);
        EXPECT_FALSE(reply.json().at("title").as_string().empty());
    }
    std::string make_product(const std::string& name, int stock) {
        const auto made =
            post("/products", R"({"name":")" + name + R"(","price_cents":150,"stock":)" + std::to_string(stock) + "}");
        EXPECT_EQ(made.status, 201) << made.body;
        return made.headers.at("location");
    }
};

TEST_F(api, a_product_that_is_made_can_be_read) {
    const auto where = make_product("nut", 5);
    const auto read = get(where);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.body, R"({"id":1,"name":"nut","price_cents":150,"stock":5})");
}

TEST_F(api, head_is_get_without_a_body) {
    const auto where = make_product("nut", 5);
    const auto head = send(port(), "HEAD", where);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-length"), std::to_string(get(where).body.size()));
    EXPECT_TRUE(head.body.empty());
}

TEST_F(api, pages_have_each_product_once_though_some_are_added) {
    sql("insert into products (name, price_cents, stock) select 'p' || i, i, i from generate_series(1, 25) i");
    std::vector<std::int64_t> ids;
    for (boost::json::value next("/products?limit=10"); next.is_string();) {
        const auto page = get(std::string(next.as_string())).json();
        for (const auto& item : page.at("items").as_array()) {
            ids.push_back(item.at("id").as_int64());
        }
        next = page.at("next");
        if (ids.size() == 10) {
            sql("delete from products where id = 3; insert into products (name, price_cents, stock) values ('late', 1, 1)");
        }
    }
    EXPECT_EQ(ids.size(), 26u);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST_F(api, an_order_takes_from_stock) {
    make_product("nut", 5);
    const auto made = post("/orders", R"({"product":1,"quantity":2,"customer":"Ada"})");
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("total_cents").as_int64(), 300);
    EXPECT_EQ(get(made.headers.at("location")).body, made.body);
    EXPECT_EQ(get("/orders").json().at("items").as_array().size(), 1u);
    EXPECT_EQ(sql("select stock from products"), "3");
}

TEST_F(api, orders_at_the_same_time_cannot_sell_what_is_not_there) {
    make_product("nut", 5);
    std::vector<std::future<http_reply>> orders;
    for (int i = 0; i < 12; ++i) {
        orders.push_back(std::async(std::launch::async, [this] {
            return post("/orders", R"({"product":1,"quantity":1,"customer":"Ada"})", {{"Request-Timeout", "60"}});
        }));
    }
    int made = 0;
    for (auto& o : orders) {
        const auto reply = o.get();
        made += reply.status == 201 ? 1 : 0;
        EXPECT_TRUE(reply.status == 201 || reply.status == 409) << reply.status << reply.body;
    }
    EXPECT_EQ(made, 5);
    EXPECT_EQ(sql("select stock, (select count(*) from orders) from products"), "0|5");
}

TEST_F(api, a_second_product_of_the_same_name_is_a_conflict) {
    make_product("nut", 5);
    const auto again = post("/products", R"({"name":"nut","price_cents":1,"stock":1})");
    expect_problem(again, 409);
    EXPECT_EQ(again.json().at("detail").as_string(), "There is already a product of this name");
}

TEST_F(api, what_the_shop_cannot_do_is_told) {
    make_product("nut", 5);
    expect_problem(post("/orders", R"({"product":1,"quantity":6,"customer":"Ada"})"), 409);
    expect_problem(post("/orders", R"({"product":7,"quantity":1,"customer":"Ada"})"), 422);
    expect_problem(get("/products/7"), 404);
    expect_problem(get("/orders/7"), 404);
}

TEST_F(api, a_body_that_is_not_valid_is_refused) {
    expect_problem(post("/products", "{"), 400);
    expect_problem(post("/products", ""), 400);
    expect_problem(post("/products", "[1]"), 422);
    expect_problem(post("/products", std::string(200, '[')), 400);
    expect_problem(post("/products", "name=nut", {{"Content-Type", "text/plain"}}), 415);
    expect_problem(post("/products", R"({"name":"a\u0000b","price_cents":1,"stock":1})"), 422);
    expect_problem(post("/products", R"({"name":")" + std::string(70'000, 'n') + "\"}"), 413);
}

TEST_F(api, all_that_is_wrong_with_the_fields_is_told_at_once) {
    const auto refused = post("/products", R"({"name":7,"price_cents":-1,"colour":"red"})");
    expect_problem(refused, 422);
    std::vector<std::string> fields;
    const auto body = refused.json();
    for (const auto& e : body.at("errors").as_array()) {
        fields.emplace_back(e.at("field").as_string());
    }
    EXPECT_EQ(fields, (std::vector<std::string>{"name", "price_cents", "stock", "colour"}));
}

TEST_F(api, a_target_may_name_the_host) {
    EXPECT_EQ(get("http://127.0.0.1/products?limit=5").status, 200);
    expect_problem(get("http://127.0.0.1/products?limit=ten"), 400);
}

TEST_F(api, a_target_that_is_not_valid_is_refused) {
    expect_problem(get("/products?%ff=1"), 400);
    expect_problem(get("products"), 400);
    expect_problem(get("/nothing"), 404);
    expect_problem(get("/products/0"), 404);
    expect_problem(get("/products/99999999999999999999"), 404);
    expect_problem(get("/products?limit=1000"), 400);
    expect_problem(get("/products?limit=ten"), 400);
    expect_problem(get("/products?color=red"), 400);
    expect_problem(get("/queries?count=0"), 400);
    expect_problem(get("/db?via=pigeon"), 400);
    expect_problem(get("/db?first=0"), 400);
    expect_problem(get("/queries?first=8&last=7"), 400);
    expect_problem(get("/%zz"), 400);
    expect_problem(get("/" + std::string(20'000, 'a')), 431);
    const auto wrong = send(port(), "DELETE", "/products");
    expect_problem(wrong, 405);
    EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD, POST");
}

TEST_F(api, an_export_has_each_product_on_a_line_in_bounded_memory) {
    constexpr std::size_t rows = 200'000; // about 50 MB
    sql("insert into products (name, price_cents, stock) select repeat('n', 190) || i, i, i from generate_series(1, 200000) i");
    const auto all = get("/products/export");
    EXPECT_EQ(all.status, 200);
    EXPECT_EQ(all.headers.at("transfer-encoding"), "chunked");
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(all.body, '\n')), rows);
    EXPECT_EQ(all.body.back(), '\n');
    EXPECT_LT(service_.peak_memory() * 1024, all.body.size());
}

TEST_F(api, the_load_test_reads_and_updates_by_pool_and_by_multiplexer) {
    for (const std::string via : {"pool", "multiplexer"}) {
        EXPECT_EQ(get("/db?via=" + via).status, 200);
        EXPECT_EQ(get("/db?first=77&last=77&via=" + via).json().at("id").as_int64(), 77);
        EXPECT_EQ(get("/queries?count=7&via=" + via).json().as_array().size(), 7u);
        const auto updated = get("/updates?count=5&via=" + via).json();
        EXPECT_EQ(updated.as_array().size(), 5u);
        const auto& row = updated.at(0);
        EXPECT_EQ(sql("select randomnumber from world where id = " + std::to_string(row.at("id").as_int64())),
                  std::to_string(row.at("randomnumber").as_int64()));
    }
    EXPECT_EQ(get("/queries").json().as_array().size(), 20u);
}

TEST_F(api, metrics_and_status_count_what_was_answered) {
    make_product("nut", 5);
    EXPECT_NE(get("/metrics").body.find("\nshop_requests_total 1\n"), std::string::npos);
    const auto status = get("/status").json();
    EXPECT_EQ(status.at("traffic").at("requests").as_int64(), 2);
    EXPECT_TRUE(status.at("database").at("serving").as_bool());
    EXPECT_EQ(get("/health/live").status, 200);
    EXPECT_EQ(get("/health/ready").status, 200);
    EXPECT_EQ(get("/health").status, 200);
}

#ifdef SHOP_WITH_PROMETHEUS
TEST_F(api, metrics_tell_statements_by_their_names_and_no_values) {
    make_product("a very particular nut", 5);
    const auto text = get("/metrics").body;
    EXPECT_NE(text.find("db_query_summary=\"create_product\""), std::string::npos) << text;
    EXPECT_NE(text.find("db_client_connection_count{"), std::string::npos);
    EXPECT_EQ(text.find("particular"), std::string::npos);
    EXPECT_EQ(text.find("insert into"), std::string::npos);
}
#endif

} // namespace
