// SPDX-License-Identifier: BSL-1.0
// What every C++ client asks for, and what it reads and writes: the same in all languages.
#pragma once

#include "../../workload.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace bench::peers {

inline constexpr std::int32_t accounts = 1'000'000;
inline constexpr char insert_sql[] =
    "insert into bench_insert (id, quantity, price, name, created_at) values ($1, $2, $3, $4, $5)";
inline constexpr char thousand_sql[] = "select id, quantity, price, name, created_at from bench_rows limit 1000";
inline constexpr std::size_t thousand = 1000;
inline constexpr int batch_size = 100;      // W7
inline constexpr int inserts_a_turn = 1000; // W6insert, in clients that are told how many inserts may be in flight

inline std::string many_rows_sql(std::int64_t rows) {
    return "select id, quantity, price, name, created_at from bench_rows limit " + std::to_string(rows);
}

/// Account numbers in no order.
class account_numbers {
public:
    std::int32_t next() { return static_cast<std::int32_t>(random_() % static_cast<unsigned>(accounts)) + 1; }

private:
    std::minstd_rand random_{std::random_device()()};
};

inline std::int32_t balance_of(std::int32_t account) { return account % 1000; }

/// Row number `i` of `bench_rows`, and of what is inserted. Not inline: how well a compiler makes rows in one client's loop or
/// another's says nothing about the clients.
item make_item(std::int64_t i);

/// The sum of the numbers of the first so many rows.
inline std::int64_t sum_of_ids(std::int64_t rows) { return rows * (rows + 1) / 2; }

} // namespace bench::peers
