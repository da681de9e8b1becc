// SPDX-License-Identifier: BSL-1.0
// Single rows by primary key, over one connection or several, and connecting.
#include "../libpq/epoll.hpp"
#include "session.hpp"
#include "workloads.hpp"

#include <deque>

namespace bench::peers {
namespace {

struct query {
    clock::time_point began;
    std::int32_t account;
};

class lane {
public:
    lane(const std::string& dsn, const poller& ready) : session_(dsn) {
        put_parse(out_, "q", balance_sql);
        put_sync(out_);
        flush();
        session_.until_ready();
        ready.add(session_.socket(), this);
    }

    void queue(clock::time_point task_began) {
        sent_.push_back({.began = task_began, .account = numbers_.next()});
        put_execution(out_, "q", 1, [&](std::string& out) { put_account(out, sent_.back().account); });
        put_sync(out_);
    }

    void flush() {
        session_.send(out_);
        out_.clear();
    }

    /// Calls `done` with when each query began that is done.
    template <class Done>
    void receive(Done done) {
        session_.receive();
        while (const auto m = session_.next()) {
            if (m->type == 'D') {
                require(from_network<std::int32_t>(m->body + 6) == balance_of(sent_.front().account), "another balance");
            } else if (m->type == 'Z') {
                const auto began = sent_.front().began;
                sent_.pop_front();
                done(began);
            }
        }
    }

private:
    session session_;
    account_numbers numbers_;
    std::deque<query> sent_;
    std::string out_;
};

} // namespace

void account_queries(const options& o, measurement& m, int connections, int in_flight, int tasks) {
    const poller ready;
    std::deque<lane> lanes; // epoll holds their addresses
    std::deque<clock::time_point> waiting(static_cast<std::size_t>(tasks), clock::now());
    const auto queue_next = [&](lane& l) {
        l.queue(waiting.front());
        waiting.pop_front();
    };
    for (int i = 0; i != connections; ++i) {
        lane& l = lanes.emplace_back(o.dsn, ready);
        for (int n = 0; n != in_flight; ++n) {
            queue_next(l);
        }
    }
    for (auto& l : lanes) {
        l.flush();
    }
    for (bool goes_on = true; goes_on;) {
        for (const epoll_event& event : ready.wait()) {
            auto& l = *static_cast<lane*>(event.data.ptr);
            l.receive([&](clock::time_point began) {
                goes_on = m.done(began) && goes_on;
                waiting.push_back(clock::now());
                queue_next(l);
            });
            l.flush();
        }
    }
}

void connect_and_close(const options& o, measurement& m) {
    std::string select_one;
    put_query(select_one, "select 1");
    clock::time_point began;
    do {
        began = clock::now();
        session s(o.dsn, 4096);
        s.send(select_one);
        s.until_ready();
    } while (m.done(began));
}

} // namespace bench::peers
