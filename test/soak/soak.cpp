// SPDX-License-Identifier: BSL-1.0
// Everything at once, for as long as one likes, on a server that is treated badly. Prints its seed, and in the end compares
// what was told with what is true.
//
// usage: soak [SECONDS [SEED [pooler]]]
//   pooler: through a PgBouncer in transaction mode, which is killed now and then too
#include "soak/faults.hpp"
#include "soak/ledger.hpp"
#include "soak/numbers.hpp"
#include "soak/operations.hpp"
#include "soak/streams.hpp"
#include "soak/tenants.hpp"
#include "support/bouncer.hpp"
#include "support/descriptors.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/transact.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdlib>
#include <future>
#include <iostream>
#include <sstream>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using boost::outcome_v2::success;
using pgcoro::error;
using pgcoro::task;
using pgcoro::transaction;
using id = ledger::id;

template <class T>
error error_of(const pgcoro::result<T>& r) {
    return r ? error() : r.error();
}

struct world {
    pgcoro::pool pool;
    pgcoro::multiplexer lanes;
    numbers_listener listener;
    ledger rows;
    tally all;
    std::mt19937_64 random;
    std::chrono::steady_clock::time_point end;
    int at_work = 0;
    int surprises = 0; // errors that a change of the schema must not cause
    int mistaken = 0;  // types that were taken for others
};

/// Whatever type the column has now, its prepared statement is either right or prepared anew.
asio::awaitable<void> use_changing_table(world& w, operations& ops) {
    const auto find = [](auto& db) {
        return db.template fetch_optional<std::string>("select k::text from changing where k = $1", "1");
    };
    const bool on_pool = ops.random(2) == 0;
    auto search = on_pool ? find(w.pool) : find(w.lanes);
    const auto found = co_await ops.run(std::move(search));
    if (found ? !found.value() : to_string(found.error().sqlstate()).starts_with("42")) {
        std::cerr << "after a change of the schema, on " << (on_pool ? "the pool: " : "a lane: ") << error_of(found) << '\n';
        ++w.surprises;
    }
}

/// Some of it in a savepoint, which lasts or does not.
asio::awaitable<void> transact_by_hand(world& w, operations& ops) {
    const std::array outer = {w.rows.next()};
    const std::array inner = {w.rows.next()};
    const bool keeps = ops.random(2) == 0;
    error outcome;
    auto begun = co_await ops.run(w.pool.begin());
    outcome = error_of(begun);
    if (begun) {
        auto& tx = begun.value();
        outcome = error_of(co_await ops.run(tx.execute("insert into kept values ($1)", outer[0])));
        if (!outcome) {
            auto savepoint = co_await ops.run(tx.begin(), true);
            outcome = error_of(savepoint);
            if (savepoint) {
                outcome = error_of(co_await ops.run(savepoint.value().execute("insert into kept values ($1)", inner[0]), true));
                if (!outcome && keeps) {
                    outcome = error_of(co_await ops.run(savepoint.value().commit(), true));
                } else if (!outcome) {
                    outcome = error_of(co_await ops.run(savepoint.value().rollback(), true));
                }
            }
        }
        if (!outcome) {
            outcome = error_of(co_await ops.run(tx.commit()));
        }
    }
    w.rows.note(outer, outcome);
    w.rows.note(inner, !outcome && !keeps ? error(pgcoro::errc::transaction_rolled_back) : outcome);
}

asio::awaitable<void> transact_by_function(world& w, operations& ops) {
    const std::array row = {w.rows.next()};
    const auto body = [&](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await ops.run(tx.execute("insert into kept values ($1)", row[0])));
        co_return success();
    };
    auto outcome = co_await pgcoro::transact(w.pool, body);
    w.rows.note(row, error_of(outcome));
}

/// With a search_path of its own, and sometimes a role of its own, which decide which type "label" is.
asio::awaitable<void> transact_as_tenant(world& w, operations& ops) {
    const std::array row = {w.rows.next()};
    const int how = ops.random(3);
    const label sent{row[0], how == 0 ? "a" : "b"};
    error outcome;
    auto begun = co_await ops.run(w.pool.begin());
    outcome = error_of(begun);
    if (begun) {
        auto& tx = begun.value();
        auto path = how == 0   ? tx.execute("set local search_path = tenant_a")
                    : how == 1 ? tx.execute("set local search_path = tenant_b")
                               : tx.execute("set local search_path = tenant_a, tenant_b");
        outcome = error_of(co_await ops.run(std::move(path)));
        if (!outcome && how == 2) {
            outcome = error_of(co_await ops.run(tx.execute("set local role tenant")));
        }
        if (!outcome) {
            outcome = error_of(co_await ops.run(tx.execute("insert into labels values ($1)", sent)));
        }
        if (!outcome) {
            auto found = co_await ops.run(tx.fetch_one<label>("select l from labels where (l).id = $1", sent.id));
            outcome = error_of(found);
            w.mistaken += found && found.value() != sent ? 1 : 0;
        }
        if (!outcome) {
            outcome = error_of(co_await ops.run(tx.commit()));
        }
    }
    if (is_mistaken_type(outcome)) {
        std::cerr << "a tenant's type: " << outcome.describe() << '\n';
        ++w.mistaken;
    }
    w.rows.note(row, outcome);
}

asio::awaitable<void> borrow(world& w, operations& ops) {
    const std::array row = {w.rows.next()};
    auto mine = co_await ops.run(w.pool.acquire());
    error outcome = error_of(mine);
    if (mine) {
        auto& c = mine.value();
        static_cast<void>(co_await ops.run(c.fetch_one<int>("select 1")));
        outcome = error_of(co_await ops.run(c.execute("insert into kept values ($1)", row[0])));
    }
    w.rows.note(row, outcome);
}

/// In a transaction, which is committed if all went well.
asio::awaitable<void> stream_in_transaction(world& w, operations& ops) {
    const std::array row = {w.rows.next()};
    auto begun = co_await ops.run(w.pool.begin());
    error outcome = error_of(begun);
    if (begun) {
        auto& tx = begun.value();
        auto opened = co_await ops.run(tx.copy_in("copy kept from stdin"));
        outcome = error_of(opened);
        if (opened) {
            auto writer = std::move(opened).value();
            const auto line = std::to_string(row[0]) + "\n";
            outcome = error_of(co_await ops.run(writer.write(line)));
            if (!outcome) {
                outcome = error_of(co_await ops.run(writer.finish()));
            }
        }
        if (!outcome) {
            outcome = error_of(co_await ops.run(tx.commit()));
        }
    }
    w.rows.note(row, outcome);
}

asio::awaitable<void> notify_listener(world& w, operations& ops) {
    const std::array row = {w.rows.next()};
    const bool on_pool = ops.random(2) == 0;
    auto sending = on_pool ? send_number(w.pool, row[0]) : send_number(w.lanes, row[0]);
    w.rows.note(row, error_of(co_await ops.run(std::move(sending))));
}

asio::awaitable<void> do_something(world& w, operations& ops) {
    std::vector<id> rows;
    for (int i = 0; i < 3; ++i) {
        rows.push_back(w.rows.next());
    }
    const std::span<const id> one(rows.data(), 1);
    const std::span<const id> two(rows.data(), 2);
    switch (ops.random(17)) {
    case 0: w.rows.note(one, error_of(co_await ops.run(w.pool.execute("insert into kept values ($1)", rows[0])))); break;
    case 1: w.rows.note(one, error_of(co_await ops.run(w.lanes.execute("insert into kept values ($1)", rows[0])))); break;
    case 2: w.rows.note(rows, error_of(co_await ops.run(w.pool.execute_many("insert into kept values ($1)", rows)))); break;
    case 3: {
        auto both = w.lanes.batch(pgcoro::execute("insert into kept values ($1)", rows[0]),
                                  pgcoro::execute("insert into kept values ($1)", rows[1]));
        w.rows.note(two, error_of(co_await ops.run(std::move(both))));
        break;
    }
    case 4: static_cast<void>(co_await ops.run(w.pool.fetch<id>("select id from kept order by id desc limit 100"))); break;
    case 5: static_cast<void>(co_await ops.run(w.lanes.fetch<id>("select id from kept order by id limit 100"))); break;
    case 6: co_await transact_by_hand(w, ops); break;
    case 7: co_await transact_by_function(w, ops); break;
    case 8: co_await use_changing_table(w, ops); break;
    case 9: co_await borrow(w, ops); break;
    case 10:
    case 11: co_await stream_something(w.pool, w.rows, ops); break;
    case 12: co_await stream_in_transaction(w, ops); break;
    case 13: {
        auto mine = co_await ops.run(w.pool.acquire());
        if (mine) {
            co_await stream_something(mine.value(), w.rows, ops);
        }
        break;
    }
    case 14: co_await notify_listener(w, ops); break;
    default: co_await transact_as_tenant(w, ops); break;
    }
}

asio::awaitable<void> work(world& w) {
    operations ops(w.random, w.all);
    ++w.at_work;
    while (std::chrono::steady_clock::now() < w.end) {
        co_await do_something(w, ops);
        co_await asio::post(asio::use_awaitable); // what fails at once would leave nobody else a turn
    }
    if (--w.at_work == 0) {
        w.lanes.close();
        static_cast<void>(co_await w.pool.close());
        co_await w.listener.finish(w.rows);
    }
}

asio::awaitable<void> listen(world& w) {
    operations ops(w.random, w.all);
    co_await w.listener.read(ops);
}

int check(const char* what, bool is_true) {
    if (!is_true) {
        std::cerr << "NOT TRUE: " << what << '\n';
    }
    return is_true ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::chrono::seconds duration(argc > 1 ? std::atoi(argv[1]) : 300);
    const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
    const bool has_pooler = argc > 3 && std::string_view(argv[3]) == "pooler";
    std::cout << "soak: " << duration.count() << " s, seed " << seed << (has_pooler ? ", through PgBouncer" : "") << std::endl;
    auto server = pgcoro::testing::ephemeral_server::create().value();
    server.run_sql("create table kept (id bigint primary key)").value();
    server.run_sql("create table changing (k text)").value();
    server.run_sql("insert into changing values ('1')").value();
    create_tenants(server);
    create_numbers(server);
    const auto descriptors = open_descriptors();

    int wrong = 0;
    fault_counts faults;
    {
        asio::io_context loop(1);
        pgcoro::pool_options options;
        options.max_size = 6;
        options.retry.maximum = 200ms;
        std::optional<bouncer> pooler;
        if (has_pooler) {
            pooler.emplace(server, "transaction", 4);
        }
        auto where = pooler ? pooler->config() : pgcoro::connect_config(server.dsn());
        if (!pooler) {
            where.target_session_attrs(pgcoro::session_attrs::read_write);
        }
        world w{{loop.get_executor(), where, options},
                {loop.get_executor(), where},
                {loop.get_executor(), server.dsn()}, // behind the pooler, nothing would be delivered
                {},
                {},
                std::mt19937_64(seed),
                std::chrono::steady_clock::now() + duration};
        for (int worker = 0; worker < 20; ++worker) {
            asio::co_spawn(loop, work(w), asio::detached);
        }
        asio::co_spawn(loop, listen(w), asio::detached);
        std::stop_source stop;
        auto faulty = std::async(std::launch::async,
                                 [&] { return make_faults(server, pooler ? &*pooler : nullptr, seed, stop.get_token()); });
        loop.run_until(w.end);
        stop.request_stop();
        loop.run_for(100s);
        faults = faulty.get();
        std::cout << w.all.begun << " operations, " << w.all.cancelled << " cancelled; inserts: " << w.rows << '\n';
        wrong += check("all workers came to an end", w.at_work == 0 && loop.stopped());
        wrong += check("each operation completed once", w.all.begun == w.all.completed);
        wrong += check("changes of the schema surprise nobody", w.surprises == 0);

        wrong += check("no type was taken for another", w.mistaken == 0);

        std::istringstream table(server.run_sql(all_rows).value());
        const std::set<id> there(std::istream_iterator<id>(table), {});
        std::cout << there.size() << " rows\n";
        wrong += check("what was told of the rows", w.rows.compare(there) == 0);
        std::istringstream numbers(server.run_sql("select n from numbers").value());
        const std::set<std::int64_t> sent(std::istream_iterator<std::int64_t>(numbers), {});
        const auto& heard = w.listener.heard();
        std::cout << sent.size() << " notifications, " << heard.numbers() << " received, " << heard.gaps() << " gaps\n";
        wrong += check("each notification was received once, or lies in a gap", heard.compare(sent) == 0);
        wrong += check("the listener was never told to give up", w.listener.failures() == 0);
        loop.restart();
        std::optional<pgcoro::pool_statistics> counted;
        w.pool.statistics()([&](pgcoro::result<pgcoro::pool_statistics> s) { counted = s.value(); });
        loop.run_for(10s);
        wrong += check("the pool is empty, and nobody waits",
                       counted && counted->pool_size == 0 && counted->pool_available == 0 && counted->requests_waiting == 0);
    }
    std::cout << faults.ended_sessions << " times sessions ended, " << faults.pauses << " pauses, " << faults.read_only
              << " times nothing could be written, " << faults.restarts << " restarts, " << faults.crashes << " crashes, "
              << faults.schema_changes << " changes of the schema, " << faults.pooler_restarts << " restarts of the pooler\n";
    // A session that was just closed takes the server a moment.
    const auto sessions =
        "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
    const auto limit = std::chrono::steady_clock::now() + 20s;
    std::string left;
    do {
        left = server.run_sql(sessions).value();
    } while (left != "0\n" && std::chrono::steady_clock::now() < limit);
    wrong += check("no session is left", left == "0\n");
    wrong += check("no descriptor is left", descriptors_left(descriptors) == descriptors);
    std::cout << (wrong == 0 ? "all is well" : "something is wrong") << std::endl;
    return wrong == 0 ? 0 : 1;
}
