// SPDX-License-Identifier: BSL-1.0
// What the tests of loaders and writers share: a table of users, and a count of the statements that a loader has sent.
#pragma once

#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/batch_loader.hpp>
#include <pgcoro/batch_writer.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::test {

struct user {
    std::int64_t id;
    std::string name;
};

using user_loader = batch_loader<std::int64_t, user>;
inline constexpr char users_by_id[] = "select id, name from users where id = any($1)";

class batch_test : public ::testing::Test {
protected:
    batch_test() {
        judge_.value("drop table if exists users, notes; "
                     "create table users (id int8 primary key, name text not null); "
                     "insert into users select i, 'user ' || i from generate_series(1, 5000) i; "
                     "create table notes (id int primary key, body text check (body <> 'bad'))");
    }

    static connect_config config() { return connect_config(shared_server().dsn()); }

    /// Runs `body` with a connection through a proxy that counts messages: an Execute ('E') is a statement.
    static void with_counted(const std::function<task<>(connection&, proxy&)>& body) {
        asio::io_context loop(1);
        proxy between(loop, shared_server());
        run(loop, [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect(between.config()));
            // Behind it the first statement has company.
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
            BOOST_OUTCOME_CO_TRY(co_await body(c, between));
            c.close();
            between.cut();
            co_return success();
        });
    }

    std::string notes() { return judge_.value("select coalesce(string_agg(id::text, ' ' order by id), '') from notes"); }
    /// As long as the judge holds advisory lock 1, a statement that takes it does not end.
    void lock() { judge_.value("select pg_advisory_lock(1)"); }
    void unlock() { judge_.value("select pg_advisory_unlock_all()"); }

    libpq_session judge_{shared_server().dsn()};
};

/// An operation that can be cancelled. For one thread; outlives the operation.
template <class T>
class stoppable {
public:
    explicit stoppable(operation<T> op) {
        std::move(op)(asio::bind_cancellation_slot(signal_.slot(), [this](result<T> r) { outcome = std::move(r); }));
    }
    void cancel() { signal_.emit(asio::cancellation_type::terminal); }

    std::optional<result<T>> outcome;

private:
    asio::cancellation_signal signal_;
};
template <class T>
stoppable(operation<T>) -> stoppable<T>;

} // namespace pgcoro::test
