// SPDX-License-Identifier: BSL-1.0
// Several connections without pipelining: one query in flight on each, and an epoll loop.
#include "epoll.hpp"
#include "client.hpp"

#include <deque>

namespace bench::peers {
namespace {

/// One connection with a query in flight.
class worker {
public:
    worker(const std::string& dsn, const poller& ready) : connection_(dsn) {
        connection_.prepare("q", balance_sql);
        PQsetnonblocking(connection_.get(), 1);
        ready.add(PQsocket(connection_.get()), this);
    }

    void send(clock::time_point task_began) {
        began_ = task_began;
        account_ = numbers_.next();
        const account_parameter p(account_);
        PGconn* const c = connection_.get();
        if (PQsendQueryPrepared(c, "q", 1, p.values, p.lengths, p.formats, 1) != 1 || PQflush(c) != 0) {
            connection_.fail();
        }
    }

    clock::time_point began() const noexcept { return began_; }

    /// Takes in what has arrived. Gives whether the query is done.
    bool receive() {
        PGconn* const c = connection_.get();
        if (PQconsumeInput(c) != 1) {
            connection_.fail();
        }
        while (PQisBusy(c) == 0) {
            const libpq_result r(PQgetResult(c));
            if (!r) {
                return true;
            }
            if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
                connection_.fail();
            }
            require(from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0)) == balance_of(account_), "another balance");
        }
        return false;
    }

private:
    libpq connection_;
    account_numbers numbers_;
    std::int32_t account_ = 0;
    clock::time_point began_;
};

} // namespace

void epoll_loop(const options& o, measurement& m, int connections, int tasks) {
    const poller ready;
    std::deque<worker> workers; // epoll holds their addresses
    for (int i = 0; i != connections; ++i) {
        workers.emplace_back(o.dsn, ready);
    }
    // Tasks that wait for a connection: when each of them began to.
    std::deque<clock::time_point> waiting(static_cast<std::size_t>(tasks), clock::now());
    const auto send_next = [&](worker& w) {
        w.send(waiting.front());
        waiting.pop_front();
    };
    for (auto& w : workers) {
        send_next(w);
    }
    for (bool goes_on = true; goes_on;) {
        for (const epoll_event& event : ready.wait()) {
            auto& w = *static_cast<worker*>(event.data.ptr);
            if (goes_on && w.receive()) {
                goes_on = m.done(w.began());
                waiting.push_back(clock::now());
                send_next(w);
            }
        }
    }
}

} // namespace bench::peers
