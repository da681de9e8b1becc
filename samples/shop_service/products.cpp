// SPDX-License-Identifier: BSL-1.0
#include "handlers.hpp"
#include "input.hpp"
#include "json_text.hpp"
#include "worker.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>

namespace shop {
namespace {

using namespace std::chrono_literals;

struct product {
    std::int64_t id;
    std::string name;
    std::int64_t price_cents;
    std::int64_t stock;
};
BOOST_DESCRIBE_STRUCT(product, (), (id, name, price_cents, stock))

// [export]
/// All products, a line of JSON for each. The server sends only as fast as the client reads: memory for a few hundred rows.
class product_lines final : public body_source {
public:
    explicit product_lines(pgcoro::row_stream<product> rows) : rows_(std::move(rows)) {}

    pgcoro::task<std::string> next() override {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows_.next_chunk());
        std::string lines;
        for (const product& p : chunk) {
            lines += json_text(p) + '\n';
        }
        co_return lines; // empty at the end
    }

private:
    pgcoro::row_stream<product> rows_;
};

pgcoro::task<std::unique_ptr<body_source>> open_lines(http_call& call) {
    BOOST_OUTCOME_CO_TRY(auto rows,
                         co_await call.here.db.stream<product>("select id, name, price_cents, stock from products order by id")
                             .by(call.deadline)
                             .named("export_products"));
    rows.total_within(10min); // a client that reads a little now and then must not keep the connection forever
    std::unique_ptr<body_source> lines = std::make_unique<product_lines>(std::move(rows));
    co_return lines;
}
// [/export]

} // namespace

// [page]
/// A page begins after the last id of the one before: however far, it costs the same, and rows that are added repeat nothing.
/// Ids are given out before the COMMIT, so a row may be missing that is committed after a page with higher ids was read.
pgcoro::task<http_response> list_products(http_call& call) {
    query_fields query(call.query);
    const auto after = query.integer("after", 0, 0, INT64_MAX);
    const auto limit = query.integer("limit", 20, 1, 100);
    if (auto wrong = query.finish()) {
        co_return std::move(*wrong);
    }
    BOOST_OUTCOME_CO_TRY(
        auto items, co_await call.here.db
                        .fetch<product>("select id, name, price_cents, stock from products where id > $1 order by id limit $2",
                                        after, limit)
                        .by(call.deadline)
                        .named("list_products"));
    std::string next;
    if (items.size() == static_cast<std::size_t>(limit)) {
        next = "/products?limit=" + std::to_string(limit) + "&after=" + std::to_string(items.back().id);
    }
    co_return json_page(items, next);
}
// [/page]

pgcoro::task<http_response> get_product(http_call& call) {
    BOOST_OUTCOME_CO_TRY(
        auto found,
        co_await call.here.db.fetch_one<product>("select id, name, price_cents, stock from products where id = $1", call.id)
            .by(call.deadline)
            .named("get_product"));
    co_return json_response(200, found);
}

pgcoro::task<http_response> create_product(http_call& call) {
    boost::json::object body;
    if (auto wrong = read_object(call.request, body)) {
        co_return std::move(*wrong);
    }
    json_fields fields(body);
    product made;
    made.name = fields.text("name", 200);
    made.price_cents = fields.integer("price_cents", 0, 1'000'000'000);
    made.stock = fields.integer("stock", 0, 1'000'000'000);
    if (auto wrong = fields.finish()) {
        co_return std::move(*wrong);
    }
    BOOST_OUTCOME_CO_TRY(made.id, co_await call.here.db
                                      .fetch_one<std::int64_t>("insert into products (name, price_cents, stock) "
                                                               "values ($1, $2, $3) returning id",
                                                               made.name, made.price_cents, made.stock)
                                      .by(call.deadline)
                                      .named("create_product"));
    auto response = json_response(201, made);
    response.headers.emplace_back("Location", "/products/" + std::to_string(made.id));
    co_return response;
}

pgcoro::task<http_response> export_products(http_call& call) {
    BOOST_OUTCOME_CO_TRY(auto lines, co_await open_lines(call));
    http_response response;
    response.content_type = "application/jsonl";
    response.source = std::move(lines);
    co_return response;
}

} // namespace shop
