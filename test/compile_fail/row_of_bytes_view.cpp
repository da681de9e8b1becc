// SPDX-License-Identifier: BSL-1.0
// A row of one column that would look into a result that is gone.
// expect: pgcoro: a view would outlive the result it looks into

#include <pgcoro/connection.hpp>
#include <pgcoro/types.hpp>

#ifdef PGCORO_CONTROL
using row = std::vector<std::byte>;
#else
using row = std::span<const std::byte>;
#endif

auto run(pgcoro::connection& c) { return c.fetch_one<std::optional<row>>("select 'x'::bytea"); }
