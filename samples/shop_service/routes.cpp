// SPDX-License-Identifier: BSL-1.0
#include "handlers.hpp"

namespace shop {
namespace {

constexpr route table[] = {
    {"GET", "/", page},
    {"GET", "/style.css", page_style},
    {"GET", "/page.js", page_script},
    {"GET", "/products", list_products},
    {"POST", "/products", create_product},
    {"GET", "/products/export", export_products},
    {"GET", "/products/{id}", get_product},
    {"GET", "/orders", list_orders},
    {"POST", "/orders", create_order},
    {"GET", "/orders/{id}", get_order},
    {"GET", "/events", follow_orders},
    {"GET", "/health", health},
    {"GET", "/health/live", is_live},
    {"GET", "/health/ready", is_ready},
    {"GET", "/status", status},
    {"GET", "/metrics", metrics},
    {"GET", "/db", read_one},
    {"GET", "/queries", read_many},
    {"GET", "/updates", update_many},
};

} // namespace

std::span<const route> all_routes() noexcept { return table; }

} // namespace shop
