// SPDX-License-Identifier: BSL-1.0
// What TechEmpower's benchmarks measure of a database driver: a single row, several one after the other, and updates. Each by
// the pool or by the multiplexer.
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
    bool uses_pool = true;
};

std::optional<http_response> read_request(http_call& call, bool has_count, load_request& into) {
    query_fields query(call.query);
    into.uses_pool = query.word("via", {"pool", "multiplexer"}) == "pool";
    if (has_count) {
        into.count = query.integer("count", 20, 1, 500);
    }
    return query.finish();
}

std::int32_t random_id(worker& here) { return std::uniform_int_distribution<std::int32_t>(1, 10'000)(here.random); }

template <class Db>
pgcoro::operation<world> read_row(Db& db, http_call& call) {
    return db.template fetch_one<world>("select id, randomnumber from world where id = $1", random_id(call.here))
        .by(call.deadline)
        .named("read_world");
}

template <class Db>
pgcoro::task<http_response> one(Db& db, http_call& call) {
    BOOST_OUTCOME_CO_TRY(const auto row, co_await read_row(db, call));
    co_return json_response(200, row);
}

template <class Db>
pgcoro::task<std::vector<world>> read(Db& db, http_call& call, std::int64_t count) {
    std::vector<world> rows;
    for (std::int64_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_CO_TRY(const auto row, co_await read_row(db, call)); // one after the other: that is the test
        rows.push_back(row);
    }
    co_return rows;
}

template <class Db>
pgcoro::task<http_response> many(Db& db, http_call& call, std::int64_t count) {
    BOOST_OUTCOME_CO_TRY(const auto rows, co_await read(db, call, count));
    co_return json_response(200, rows);
}

template <class Db>
pgcoro::task<http_response> update(Db& db, http_call& call, std::int64_t count) {
    BOOST_OUTCOME_CO_TRY(auto rows, co_await read(db, call, count));
    std::map<std::int32_t, std::int32_t> new_numbers; // by id: all requests lock rows in this order, so there is no deadlock
    for (auto& row : rows) {
        row.randomnumber = new_numbers.try_emplace(row.id, random_id(call.here)).first->second;
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
        co_return co_await one(call.here.db, call);
    }
    co_return co_await one(call.here.multiplexer, call);
}

pgcoro::task<http_response> read_many(http_call& call) {
    load_request asked;
    if (auto wrong = read_request(call, true, asked)) {
        co_return std::move(*wrong);
    }
    if (asked.uses_pool) {
        co_return co_await many(call.here.db, call, asked.count);
    }
    co_return co_await many(call.here.multiplexer, call, asked.count);
}

pgcoro::task<http_response> update_many(http_call& call) {
    load_request asked;
    if (auto wrong = read_request(call, true, asked)) {
        co_return std::move(*wrong);
    }
    if (asked.uses_pool) {
        co_return co_await update(call.here.db, call, asked.count);
    }
    co_return co_await update(call.here.multiplexer, call, asked.count);
}

} // namespace shop
