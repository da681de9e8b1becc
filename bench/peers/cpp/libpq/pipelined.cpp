// SPDX-License-Identifier: BSL-1.0
// Pipeline mode and an epoll loop. Every query has its own Sync, so that one failure does not touch its neighbours.
#include "client.hpp"
#include "epoll.hpp"

#include <deque>

namespace bench::peers {
namespace {

// Older libpq can only flush with every Sync; since 17 a turn's queries leave together.
int send_sync(PGconn* c) {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    return PQsendPipelineSync(c);
#else
    return PQpipelineSync(c);
#endif
}

class lane {
public:
    lane(const std::string& dsn, const poller& ready) : connection_(dsn), ready_(ready) {
        connection_.prepare("q", balance_sql);
        PQsetnonblocking(connection_.get(), 1);
        PQenterPipelineMode(connection_.get());
        ready_.add(PQsocket(connection_.get()), this);
    }

    void send() {
        sent_.push_back({clock::now(), numbers_.next()});
        const account_parameter p(sent_.back().account);
        PGconn* const c = connection_.get();
        if (PQsendQueryPrepared(c, "q", 1, p.values, p.lengths, p.formats, 1) != 1 || send_sync(c) != 1) {
            connection_.fail();
        }
    }

    void flush() {
        const int left = PQflush(connection_.get());
        if (left < 0) {
            connection_.fail();
        }
        if ((left == 1) != wants_write_) {
            wants_write_ = left == 1;
            ready_.change(PQsocket(connection_.get()), this, wants_write_);
        }
    }

    /// Takes in what has arrived, and sends a query for each that is done. Gives whether to go on.
    bool receive(measurement& m) {
        PGconn* const c = connection_.get();
        if (PQconsumeInput(c) != 1) {
            connection_.fail();
        }
        while (PQisBusy(c) == 0) {
            const libpq_result r(PQgetResult(c));
            switch (PQresultStatus(r.get())) {
            case PGRES_TUPLES_OK:
                require(from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0)) == balance_of(sent_.front().account),
                        "another balance");
                PQgetResult(c); // the null that ends the command; nothing to wait for
                break;
            case PGRES_PIPELINE_SYNC: {
                const auto began = sent_.front().began;
                sent_.pop_front();
                if (!m.done(began)) {
                    return false;
                }
                send();
                break;
            }
            default: connection_.fail();
            }
        }
        flush();
        return true;
    }

private:
    struct query {
        clock::time_point began;
        std::int32_t account;
    };

    libpq connection_;
    const poller& ready_;
    account_numbers numbers_;
    std::deque<query> sent_;
    bool wants_write_ = false;
};

} // namespace

void pipelined_loop(const options& o, measurement& m, int connections, int in_flight) {
    const poller ready;
    std::deque<lane> lanes; // epoll holds their addresses
    for (int i = 0; i != connections; ++i) {
        lane& l = lanes.emplace_back(o.dsn, ready);
        for (int n = 0; n != in_flight / connections; ++n) {
            l.send();
        }
    }
    for (auto& l : lanes) {
        l.flush();
    }
    for (bool goes_on = true; goes_on;) {
        for (const epoll_event& event : ready.wait()) {
            goes_on = goes_on && static_cast<lane*>(event.data.ptr)->receive(m);
        }
    }
}

} // namespace bench::peers
