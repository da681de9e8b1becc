// SPDX-License-Identifier: BSL-1.0
// The asynchronous yardstick: libpq's pipeline mode driven by hand from an epoll loop, as tight as one would write it for a
// single purpose. Every query has its own Sync, so that one failure would not touch its neighbours.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <system_error>

namespace bench {
namespace {

void check_system_call(int result, const char* what) {
    if (result < 0 && errno != EINTR) {
        throw std::system_error(errno, std::system_category(), what);
    }
}

/// One connection in pipeline mode.
class lane {
public:
    lane(const std::string& conninfo, int epoll) : connection_(conninfo), epoll_(epoll) {
        connection_.prepare("balance", balance_sql);
        if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) {
            connection_.fail();
        }
        watch(EPOLL_CTL_ADD, EPOLLIN);
    }

    bool is_idle() const noexcept { return in_flight_ == 0; }

    void send(std::int32_t aid) {
        const std::uint32_t argument = swapped(static_cast<std::uint32_t>(aid));
        const char* const values[] = {reinterpret_cast<const char*>(&argument)};
        const int lengths[] = {sizeof argument};
        const int formats[] = {1};
        if (PQsendQueryPrepared(connection_.get(), "balance", 1, values, lengths, formats, 1) != 1 || sync() != 1) {
            connection_.fail();
        }
        ++in_flight_;
    }

    /// Pushes out what was queued, and watches for room as long as some of it is left.
    void flush() {
        const int left = PQflush(connection_.get());
        if (left < 0) {
            connection_.fail();
        }
        if ((left == 1) != wants_write_) {
            wants_write_ = left == 1;
            watch(EPOLL_CTL_MOD, wants_write_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
        }
    }

    /// Takes in what has arrived and gives the number of queries that are done with it.
    int receive(account_sequence& accounts) {
        if (PQconsumeInput(connection_.get()) != 1) {
            connection_.fail();
        }
        int done = 0;
        while (in_flight_ != 0 && PQisBusy(connection_.get()) == 0) {
            const libpq_result r(PQgetResult(connection_.get()));
            switch (PQresultStatus(r.get())) {
            case PGRES_TUPLES_OK:
                accounts.got(from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0)));
                PQgetResult(connection_.get()); // the null that ends the command; nothing to wait for
                break;
            case PGRES_PIPELINE_SYNC:
                --in_flight_;
                ++done;
                break;
            default: connection_.fail();
            }
        }
        return done;
    }

private:
    // Older libpq can only flush with every Sync; since 17 a turn's queries leave together.
    int sync() {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
        return PQsendPipelineSync(connection_.get());
#else
        return PQpipelineSync(connection_.get());
#endif
    }

    void watch(int operation, std::uint32_t events) {
        epoll_event event{.events = events, .data = {.ptr = this}};
        check_system_call(epoll_ctl(epoll_, operation, PQsocket(connection_.get()), &event), "epoll_ctl");
    }

    libpq connection_;
    int epoll_;
    int in_flight_ = 0;
    bool wants_write_ = false;
};

class libpq_loop : public subject {
public:
    libpq_loop(const std::string& conninfo, int connections, int in_flight)
        : subject("libpq-loop-" + std::to_string(connections) + "x" + std::to_string(in_flight)),
          epoll_(epoll_create1(EPOLL_CLOEXEC)),
          in_flight_(in_flight) {
        check_system_call(epoll_, "epoll_create1");
        for (int i = 0; i != connections; ++i) {
            lanes_.emplace_back(conninfo, epoll_);
        }
    }

    ~libpq_loop() override { close(epoll_); }

    void run(std::size_t queries) override {
        std::size_t to_send = queries;
        for (auto& lane : lanes_) {
            to_send -= send(lane, std::min(to_send, static_cast<std::size_t>(in_flight_) / lanes_.size()));
        }
        for (std::size_t done = 0; done != queries;) {
            std::array<epoll_event, 16> events;
            const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            check_system_call(ready, "epoll_wait");
            for (int i = 0; i < ready; ++i) {
                auto& ready_lane = *static_cast<lane*>(events[static_cast<std::size_t>(i)].data.ptr);
                const auto n = static_cast<std::size_t>(ready_lane.receive(accounts_));
                done += n;
                to_send -= send(ready_lane, std::min(to_send, n));
            }
        }
        accounts_.check();
    }

private:
    std::size_t send(lane& to, std::size_t n) {
        for (std::size_t i = 0; i != n; ++i) {
            to.send(accounts_.next());
        }
        to.flush();
        return n;
    }

    int epoll_;
    int in_flight_;
    std::deque<lane> lanes_; // epoll holds their addresses
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_libpq_loop(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<libpq_loop>(conninfo, connections, in_flight);
}

} // namespace bench
