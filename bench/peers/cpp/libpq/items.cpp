// SPDX-License-Identifier: BSL-1.0
// Rows to and from the binary format.
#include "client.hpp"

#include <bit>
#include <utility>

namespace bench::peers {

item_parameters::item_parameters(item&& i)
    : id(swapped(static_cast<std::uint64_t>(i.id))),
      price(swapped(std::bit_cast<std::uint64_t>(i.price))),
      created_at(swapped(static_cast<std::uint64_t>((i.created_at - postgres_epoch).count()))),
      quantity(swapped(static_cast<std::uint32_t>(i.quantity))),
      name(std::move(i.name)),
      values{reinterpret_cast<const char*>(&id), reinterpret_cast<const char*>(&quantity),
             reinterpret_cast<const char*>(&price), name.data(), reinterpret_cast<const char*>(&created_at)},
      lengths{sizeof id, sizeof quantity, sizeof price, static_cast<int>(name.size()), sizeof created_at} {}

item read_item(const PGresult* r, int row) {
    return {
        .id = from_network<std::int64_t>(PQgetvalue(r, row, 0)),
        .quantity = from_network<std::int32_t>(PQgetvalue(r, row, 1)),
        .price = from_network<double>(PQgetvalue(r, row, 2)),
        .name = std::string(PQgetvalue(r, row, 3), static_cast<std::size_t>(PQgetlength(r, row, 3))),
        .created_at = postgres_epoch + std::chrono::microseconds(from_network<std::int64_t>(PQgetvalue(r, row, 4))),
    };
}

} // namespace bench::peers
