// SPDX-License-Identifier: BSL-1.0
// The functions that answer requests, one file for each group.
#pragma once

#include "routes.hpp"

namespace shop {

// products.cpp
pgcoro::task<http_response> list_products(http_call& call);
pgcoro::task<http_response> get_product(http_call& call);
pgcoro::task<http_response> create_product(http_call& call);
pgcoro::task<http_response> export_products(http_call& call);

// orders.cpp
pgcoro::task<http_response> list_orders(http_call& call);
pgcoro::task<http_response> get_order(http_call& call);
pgcoro::task<http_response> create_order(http_call& call);
pgcoro::task<http_response> follow_orders(http_call& call);

// load_test.cpp
pgcoro::task<http_response> read_one(http_call& call);
pgcoro::task<http_response> read_many(http_call& call);
pgcoro::task<http_response> update_many(http_call& call);

// status.cpp
pgcoro::task<http_response> is_live(http_call& call);
pgcoro::task<http_response> is_ready(http_call& call);
pgcoro::task<http_response> health(http_call& call);
pgcoro::task<http_response> status(http_call& call);
pgcoro::task<http_response> metrics(http_call& call);

// page.cpp
pgcoro::task<http_response> page(http_call& call);
pgcoro::task<http_response> page_style(http_call& call);
pgcoro::task<http_response> page_script(http_call& call);

} // namespace shop
