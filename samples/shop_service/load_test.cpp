// SPDX-License-Identifier: BSL-1.0
// What TechEmpower's benchmarks measure of a database driver: a single row, several one after the other, and updates. Each by
// the pool or by the multiplexer. A range of ids lets a client check that it gets what it has asked for.
#include "handlers.hpp"
#include "input.hpp"
#include "json_text.hpp"
#include "worker.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>

#include <map>
#include <utility>

namespace shop {
namespace {

struct world {
    std::int32_t id;
    std::int32_t randomnumber;
};
BOOST_DESCRIBE_STRUCT(world, (), (id, randomnumber))

struct load_request {
    std::int64_t count = 1;
    std::int64_t first = 1; // the rows that may be chosen
    std::int64_t last = 1;
    bool uses_pool = true;
};

constexpr std::int64_t rows_of_world = 10'000;

std::optional<http_response> read_request(http_call& call, bool has_count, load_request& into) {
    query_fields query(call.query);
    into.uses_pool = query.word("via", {"pool", "multiplexer"}) == "pool";
    if (has_count) {
        into.count = query.integer("count", 20, 1, 500);
    }
    into.first = query.integer("first", 1, 1, rows_of_world);
    into.last = query.integer("last", rows_of_world, into.first, rows_of_world);
    return query.finish();
}

std::int32_t random_number(worker& here, std::int64_t first, std::int64_t last) {
    return static_cast<std::int32_t>(std::uniform_int_distribution(first, last)(here.random));
}

template <class Db>
pgcoro::operation<world> read_row(Db& db, http_call& call, const load_request& asked) {
    const auto id = random_number(call.here, asked.first, asked.last);
    return db.template fetch_one<world>("select id, randomnumber from world where id = $1", id)
        .by(call.deadline)
        .named("read_world");
}

template <class Db>
pgcoro::task<http_response> one(Db& db, http_call& call, const load_request& asked) {
    BOOST_OUTCOME_CO_TRY(const auto row, co_await read_row(db, call, asked));
    co_return json_response(200, row);
}

template <class Db>
pgcoro::task<std::vector<world>> read(Db& db, http_call& call, const load_request& asked) {
    std::vector<world> rows;
    for (std::int64_t i = 0; i < asked.count; ++i) {
        BOOST_OUTCOME_CO_TRY(const auto row, co_await read_row(db, call, asked)); // one after the other: that is the test
        rows.push_back(row);
    }
    co_return rows;
}

template <class Db>
pgcoro::task<http_response> many(Db& db, http_call& call, const load_request& asked) {
    BOOST_OUTCOME_CO_TRY(const auto rows, co_await read(db, call, asked));
    co_return json_response(200, rows);
}

template <class Db>
pgcoro::task<http_response> update(Db& db, http_call& call, const load_request& asked) {
    BOOST_OUTCOME_CO_TRY(auto rows, co_await read(db, call, asked));
    std::map<std::int32_t, std::int32_t> new_numbers; // by id: all requests lock rows in this order, so there is no deadlock
    for (auto& row : rows) {
        row.randomnumber = new_numbers.try_emplace(row.id, random_number(call.here, 1, rows_of_world)).first->second;
    }
    BOOST_OUTCOME_CO_TRY(co_await db.execute_many("update world set randomnumber = $2 where id = $1", new_numbers)
                             .by(call.deadline)
                             .named("update_worlds"));
    co_return json_response(200, rows);
}

} // namespace

pgcoro::task<http_response> read_one(http_call& call) {
    load_request asked;
    if (auto wrong = read_request(call, false, asked)) {
        co_return std::move(*wrong);
    }
    if (asked.uses_pool) {
        co_return co_await one(call.here.db, call, asked);
    }
    co_return co_await one(call.here.multiplexer, call, asked);
}

pgcoro::task<http_response> read_many(http_call& call) {
    load_request asked;
    if (auto wrong = read_request(call, true, asked)) {
        co_return std::move(*wrong);
    }
    if (asked.uses_pool) {
        co_return co_await many(call.here.db, call, asked);
    }
    co_return co_await many(call.here.multiplexer, call, asked);
}

pgcoro::task<http_response> update_many(http_call& call) {
    load_request asked;
    if (auto wrong = read_request(call, true, asked)) {
        co_return std::move(*wrong);
    }
    if (asked.uses_pool) {
        co_return co_await update(call.here.db, call, asked);
    }
    co_return co_await update(call.here.multiplexer, call, asked);
}

} // namespace shop
