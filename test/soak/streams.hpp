// SPDX-License-Identifier: BSL-1.0
// Row streams, COPY in both directions and scripts of the soak test: read and written to the end, or dropped on the way.
#pragma once

#include "soak/ledger.hpp"
#include "soak/operations.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace pgcoro::test {

template <class T>
error failure_of(const result<T>& r) {
    return r ? error() : r.error();
}

/// What is told of a piece of work that its own client has dropped.
inline error dropped() { return boost::system::error_code(boost::asio::error::operation_aborted); }

/// `take()` reads some of a stream. Gives why it has ended: nothing, the server's word, or that it was left.
template <class Take>
asio::awaitable<error> read_some(operations& ops, Take take) {
    // Some are left after a few reads, for whatever reason.
    for (int left = ops.random(3) == 0 ? ops.random(20) : -1; left != 0; --left) {
        auto part = co_await ops.run(take());
        if (!part) {
            co_return part.error();
        }
        if (part.value().empty()) {
            co_return error();
        }
        if (ops.random(4) == 0) {
            co_await asio::post(asio::use_awaitable);
        }
    }
    co_return dropped().with(error::in_doubt);
}

template <class Db>
asio::awaitable<void> stream_rows(Db& db, ledger& rows, operations& ops) {
    const std::array row = {rows.next()};
    auto opened = co_await ops.run(db.template stream<std::int64_t>(
        "with i as (insert into kept values ($1) returning id) select i.id from i, generate_series(1, 20000)", row[0]));
    error why = failure_of(opened);
    if (opened) {
        auto stream = std::move(opened).value();
        const auto take = [&] { return stream.next_chunk(); };
        why = co_await read_some(ops, take);
    }
    rows.note(row, why);
}

template <class Db>
asio::awaitable<void> copy_bytes_out(Db& db, ledger& rows, operations& ops) {
    const std::array row = {rows.next()};
    const auto sql = "copy (with i as (insert into kept values (" + std::to_string(row[0]) +
                     ") returning id) select i.id from i, generate_series(1, 20000)) to stdout";
    auto opened = co_await ops.run(db.copy_out(unchecked_sql(sql)));
    error why = failure_of(opened);
    if (opened) {
        auto reader = std::move(opened).value();
        const auto take = [&] { return reader.read(); };
        why = co_await read_some(ops, take);
    }
    rows.note(row, why);
}

template <class Db>
asio::awaitable<void> copy_rows_in(Db& db, ledger& rows, operations& ops) {
    std::array<ledger::id, 200> ids{};
    for (auto& id : ids) {
        id = rows.next();
    }
    auto opened = co_await ops.run(db.copy_in("copy kept from stdin"));
    error why = failure_of(opened);
    if (opened) {
        auto writer = std::move(opened).value();
        for (std::size_t i = 0; i < ids.size() && !why; ++i) {
            const auto line = std::to_string(ids[i]) + "\n";
            why = failure_of(co_await ops.run(writer.write(line)));
        }
        const int end = why ? 0 : ops.random(4);
        if (end > 1) {
            why = failure_of(co_await ops.run(writer.finish()));
        } else if (end == 1) {
            static_cast<void>(co_await ops.run(writer.abort("no more")));
            why = dropped();
        } else if (!why) {
            why = dropped();
        }
    }
    rows.note(ids, why);
}

template <class Db>
asio::awaitable<void> run_a_script(Db& db, ledger& rows, operations& ops) {
    const std::array both = {rows.next(), rows.next()};
    const auto insert = [](ledger::id id) { return "insert into kept values (" + std::to_string(id) + "); "; };
    const auto sql = insert(both[0]) + "select count(*) from generate_series(1, 1000); " + insert(both[1]);
    rows.note(both, failure_of(co_await ops.run(db.run_script(sql))));
}

template <class Db>
asio::awaitable<void> stream_something(Db& db, ledger& rows, operations& ops) {
    switch (ops.random(4)) {
    case 0: co_await stream_rows(db, rows, ops); break;
    case 1: co_await copy_bytes_out(db, rows, ops); break;
    case 2: co_await copy_rows_in(db, rows, ops); break;
    default: co_await run_a_script(db, rows, ops); break;
    }
}

} // namespace pgcoro::test
