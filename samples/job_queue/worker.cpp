// SPDX-License-Identifier: BSL-1.0
#include "worker.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace job_queue {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// A worker that died has notified nobody of the job it left, so everybody looks from time to time.
constexpr auto longest_rest = 30s;

// [one]
/// Works on the oldest job that no other worker has locked. False if there is none.
pgcoro::task<bool> work_on_one(pgcoro::pool& db, const std::function<pgcoro::task<>(const job&)>& handle) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(const auto found, co_await tx.fetch_optional<job>("select id, task from jobs order by id limit 1 "
                                                                           "for update skip locked"));
    if (!found) {
        co_return false;
    }
    BOOST_OUTCOME_CO_TRY(co_await handle(*found));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("delete from jobs where id = $1", found->id));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return true;
}
// [/one]

} // namespace

// [work]
pgcoro::task<> work(std::string dsn, std::function<pgcoro::task<>(const job&)> handle) {
    const auto executor = co_await asio::this_coro::executor;
    pgcoro::pool db(executor, dsn);
    pgcoro::listener jobs(executor, dsn);
    BOOST_OUTCOME_CO_TRY(co_await jobs.listen("jobs"));
    for (;;) {
        // A notification or a gap: either way there may be jobs. The first event is the gap that marks the start.
        auto event = co_await jobs.next().within(longest_rest);
        if (!event && event.error() != pgcoro::errc::timed_out) {
            co_return std::move(event).error();
        }
        while (jobs.try_next()) { // one look is enough for all of them
        }
        for (bool more = true; more;) {
            auto done = co_await work_on_one(db, handle);
            if (!done && !done.error().connection_lost()) {
                co_return std::move(done).error();
            }
            more = !done || done.value(); // after a lost connection, the job is still there or done
        }
    }
}
// [/work]

} // namespace job_queue
