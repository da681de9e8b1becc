// SPDX-License-Identifier: BSL-1.0
#include "handlers.hpp"
#include "input.hpp"
#include "json_text.hpp"
#include "worker.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/transact.hpp>

#include <boost/describe/class.hpp>

#include <variant>

namespace shop {
namespace {

struct order {
    std::int64_t id;
    std::int64_t product;
    std::string product_name;
    std::int64_t quantity;
    std::string customer;
    std::int64_t total_cents;
    std::string ordered_at;
};
BOOST_DESCRIBE_STRUCT(order, (), (id, product, product_name, quantity, customer, total_cents, ordered_at))

struct order_request {
    std::int64_t product = 0;
    std::int64_t quantity = 0;
    std::string customer;
};

struct offer {
    std::string name;
    std::int64_t price_cents;
    std::int64_t stock;
};

/// What the shop itself says no to is a response, not an error of the database.
using order_outcome = std::variant<order, http_response>;

http_response out_of_stock(std::int64_t left) {
    return problem(409, "There is not enough in stock", "There are " + std::to_string(left) + " left");
}

// [order]
/// In one transaction, serializable: two orders for the last piece cannot both succeed.
pgcoro::task<order_outcome> place_order(pgcoro::transaction& tx, const order_request& wanted) {
    BOOST_OUTCOME_CO_TRY(
        const auto found,
        co_await tx.fetch_optional<offer>("select name, price_cents, stock from products where id = $1", wanted.product)
            .named("find_offer"));
    if (!found) {
        co_return order_outcome(problem(422, "There is no such product"));
    }
    if (found->stock < wanted.quantity) {
        co_return order_outcome(out_of_stock(found->stock));
    }
    BOOST_OUTCOME_CO_TRY(
        co_await tx.execute("update products set stock = stock - $2 where id = $1", wanted.product, wanted.quantity)
            .named("take_from_stock"));
    BOOST_OUTCOME_CO_TRY(
        auto made, co_await tx
                       .fetch_one<order>(
                           "insert into orders (product, quantity, customer, total_cents) values ($1, $2, $3, $4) "
                           "returning id, product, $5::text as product_name, quantity, customer, total_cents, "
                           "to_char(ordered_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as ordered_at",
                           wanted.product, wanted.quantity, wanted.customer, found->price_cents * wanted.quantity, found->name)
                       .named("create_order"));
    co_return order_outcome(std::move(made));
}

/// Runs again after a serialization failure, until the client's deadline.
pgcoro::task<order_outcome> place_order(http_call& call, const order_request& wanted) {
    pgcoro::transact_options options;
    options.transaction.isolation = pgcoro::isolation_level::serializable;
    options.within = call.deadline - std::chrono::steady_clock::now();
    auto body = [&](pgcoro::transaction& tx) { return place_order(tx, wanted); };
    co_return co_await pgcoro::transact(call.here.db, body, options);
}
// [/order]

} // namespace

pgcoro::task<http_response> create_order(http_call& call) {
    boost::json::object body;
    if (auto wrong = read_object(call.request, body)) {
        co_return std::move(*wrong);
    }
    json_fields fields(body);
    order_request wanted;
    wanted.product = fields.integer("product", 1, INT64_MAX);
    wanted.quantity = fields.integer("quantity", 1, 1000);
    wanted.customer = fields.text("customer", 100);
    if (auto wrong = fields.finish()) {
        co_return std::move(*wrong);
    }
    BOOST_OUTCOME_CO_TRY(auto outcome, co_await place_order(call, wanted));
    if (auto* refusal = std::get_if<http_response>(&outcome)) {
        co_return std::move(*refusal);
    }
    const auto& made = std::get<order>(outcome);
    auto response = json_response(201, made);
    response.headers.emplace_back("Location", "/orders/" + std::to_string(made.id));
    co_return response;
}

/// The newest first: a page begins before the last id of the one before.
pgcoro::task<http_response> list_orders(http_call& call) {
    query_fields query(call.query);
    const auto before = query.integer("before", INT64_MAX, 1, INT64_MAX);
    const auto limit = query.integer("limit", 20, 1, 100);
    if (auto wrong = query.finish()) {
        co_return std::move(*wrong);
    }
    BOOST_OUTCOME_CO_TRY(
        auto items,
        co_await call.here.db
            .fetch<order>("select o.id, o.product, p.name as product_name, o.quantity, o.customer, o.total_cents, "
                          "to_char(o.ordered_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as ordered_at "
                          "from orders o join products p on p.id = o.product where o.id < $1 order by o.id desc limit $2",
                          before, limit)
            .by(call.deadline)
            .named("list_orders"));
    std::string next;
    if (items.size() == static_cast<std::size_t>(limit)) {
        next = "/orders?limit=" + std::to_string(limit) + "&before=" + std::to_string(items.back().id);
    }
    co_return json_page(items, next);
}

pgcoro::task<http_response> get_order(http_call& call) {
    BOOST_OUTCOME_CO_TRY(
        auto found,
        co_await call.here.db
            .fetch_one<order>("select o.id, o.product, p.name as product_name, o.quantity, o.customer, o.total_cents, "
                              "to_char(o.ordered_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as ordered_at "
                              "from orders o join products p on p.id = o.product where o.id = $1",
                              call.id)
            .by(call.deadline)
            .named("get_order"));
    co_return json_response(200, found);
}

pgcoro::task<http_response> follow_orders(http_call& call) {
    if (call.here.is_stopping()) {
        co_return problem(503, "The service is stopping");
    }
    http_response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.source = call.here.events.subscribe();
    co_return response;
}

} // namespace shop
