// SPDX-License-Identifier: BSL-1.0
// More statements than a connection's cache holds.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace pgcoro::test {

/// "select 007"
template <std::size_t N>
constexpr char literal[] = {'s', 'e', 'l', 'e', 'c', 't', ' ', '0' + N / 100, '0' + N / 10 % 10, '0' + N % 10, '\0'};

using literal_starter = operation<int> (*)(connection&);

template <std::size_t... N>
constexpr std::array<literal_starter, sizeof...(N)> literal_starters(std::index_sequence<N...>) {
    return {+[](connection& c) { return c.fetch_one<int>(literal<N>); }...};
}

/// Each starts a different literal, which gives its index.
inline constexpr auto literals = literal_starters(std::make_index_sequence<200>());

inline connect_config with_cache_of(std::size_t statements) {
    return connect_config(shared_server().dsn()).statement_cache_size(statements);
}

inline operation<long> kept_at_server(connection& c) {
    return c.fetch_one<long>(unchecked_sql("select count(*) from pg_prepared_statements"));
}

} // namespace pgcoro::test
