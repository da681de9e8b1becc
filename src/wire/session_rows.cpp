// SPDX-License-Identifier: BSL-1.0
// Results so large that to read them at once would keep everybody else on the loop waiting: they are read in slices, and the
// loop has its turn in between.
//
//   queues_.in_flight -> answered, with rows left -> rows_.ordered -> a slice, a slice, ... -> rows_.due -> handlers are run
//
// What is answered behind such a request waits in rows_.ordered, too: handlers are run in the order of the statements.
#include "base/loop_handler.hpp"
#include "wire/session.hpp"

#include <boost/asio/post.hpp>

namespace pgcoro::wire {

/// Of a request that is answered, and has more rows than a slice of time allows to read.
void session::read_rows_later(request& r) {
    r.at = request::stage::reading;
    (notify_.reading_rows ? rows_.ordered : rows_.due).append(queues_.completed);
    notify_.reading_rows = true;
    rows_.ordered.push_back(r);
    read_rows_soon();
    if (!rows_.due.empty()) {
        run_completions_later();
    }
}

void session::read_rows_soon() {
    if (!std::exchange(rows_.posted, true)) {
        boost::asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                              s.rows_.posted = false;
                              s.read_rows();
                          }));
    }
}

/// One slice. What is complete by then is delivered.
void session::read_rows() {
    if (request* const r = rows_.ordered.front(); r && r->at == request::stage::reading) {
        try {
            if (!r->read_on(types_)) {
                rows_.ordered.take_front();
                finish_reading(*r);
            }
        } catch (...) {
            rows_.ordered.take_front();
            const error why(errc::connection_lost, "the connection was closed because reading a result threw an exception");
            give_up(*r, why.with(error::lost).with(error::in_doubt));
            lose(why);
            read_rows_soon();
            run_completions_later();
            throw;
        }
    }
    while (!rows_.ordered.empty() && rows_.ordered.front()->at == request::stage::over) {
        rows_.due.push_back(rows_.ordered.take_front());
    }
    if (rows_.ordered.empty()) {
        notify_.reading_rows = false;
        queues_.completed.prepend(rows_.due);
    } else {
        read_rows_soon();
    }
    if (!rows_.due.empty() || !queues_.completed.empty()) {
        run_completions_later();
    }
}

/// All its rows are read.
void session::finish_reading(request& r) {
    detail::wanted_types unknown;
    if (std::exchange(r.has_unread, false) && !gate_.closed) {
        r.unknown_types(unknown); // of another statement of the same batch
    }
    if (unknown.empty()) {
        r.at = request::stage::over;
        --queues_.unfinished;
        rows_.due.push_back(r);
    } else {
        read_later(r);
    }
}

/// Handlers are about to be run: those of what was answered behind a request that is still being read are not.
void session::hold_back() noexcept {
    rows_.ordered.append(queues_.completed);
    queues_.completed.append(rows_.due);
}

/// Ends a request whose waiter does not wait any longer, whatever is still being read before it.
void session::give_up(request& r, error outcome) noexcept {
    r.outcome = std::move(outcome);
    r.at = request::stage::over;
    --queues_.unfinished;
    (notify_.reading_rows ? rows_.due : queues_.completed).push_back(r);
}

} // namespace pgcoro::wire
