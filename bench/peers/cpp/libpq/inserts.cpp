// SPDX-License-Identifier: BSL-1.0
// Prepared INSERTs in pipeline mode, a Sync for each batch.
#include "client.hpp"

#include <poll.h>

#include <algorithm>

namespace bench::peers {
namespace {

class inserter {
public:
    explicit inserter(const std::string& dsn) : connection_(dsn) {
        connection_.prepare("i", insert_sql);
        PQsetnonblocking(connection_.get(), 1);
        PQenterPipelineMode(connection_.get());
    }

    /// Queues a batch and begins to send it.
    void send(std::int64_t first, std::int64_t rows) {
        PGconn* const c = connection_.get();
        for (std::int64_t i = first; i != first + rows; ++i) {
            const item_parameters p(make_item(i));
            if (PQsendQueryPrepared(c, "i", 5, p.values, p.lengths, p.formats, 1) != 1) {
                connection_.fail();
            }
        }
        if (PQpipelineSync(c) != 1) {
            connection_.fail();
        }
        ++batches_in_flight_;
    }

    /// Sends and receives until at most so many batches are in flight.
    void wait_until_in_flight(int batches) {
        PGconn* const c = connection_.get();
        for (;;) {
            const int left = PQflush(c);
            if (left < 0) {
                connection_.fail();
            }
            if (batches_in_flight_ <= batches) {
                return;
            }
            pollfd socket{.fd = PQsocket(c), .events = static_cast<short>(left ? POLLIN | POLLOUT : POLLIN), .revents = 0};
            poll(&socket, 1, -1);
            if ((socket.revents & POLLIN) != 0) {
                receive();
            }
        }
    }

private:
    void receive() {
        PGconn* const c = connection_.get();
        if (PQconsumeInput(c) != 1) {
            connection_.fail();
        }
        while (batches_in_flight_ != 0 && PQisBusy(c) == 0) {
            const libpq_result r(PQgetResult(c));
            switch (PQresultStatus(r.get())) {
            case PGRES_COMMAND_OK:
                PQgetResult(c); // the null that ends the command
                break;
            case PGRES_PIPELINE_SYNC: --batches_in_flight_; break;
            default: connection_.fail();
            }
        }
    }

    libpq connection_;
    int batches_in_flight_ = 0;
};

} // namespace

void insert_rows(const options& o, measurement& m) {
    inserter to(o.dsn);
    m.begin();
    for (std::int64_t first = 1; first <= o.count; first += inserts_a_turn) {
        to.send(first, std::min<std::int64_t>(inserts_a_turn, o.count + 1 - first));
        to.wait_until_in_flight(1);
    }
    to.wait_until_in_flight(0);
    m.end(o.count);
}

void insert_batches(const options& o, measurement& m) {
    inserter to(o.dsn);
    clock::time_point began;
    std::int64_t next = 1;
    do {
        began = clock::now();
        to.send(next, batch_size);
        to.wait_until_in_flight(0);
        next += batch_size;
    } while (m.done(began, batch_size));
}

} // namespace bench::peers
