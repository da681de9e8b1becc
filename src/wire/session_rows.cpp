// SPDX-License-Identifier: BSL-1.0
// Results so large that to read them at once would keep everybody else on the loop waiting: they are read in slices, and the
// loop has its turn in between.
//
//   in_flight_ -> answered, with rows left -> ordered_ -> a slice, a slice, ... -> due_ -> handlers are run
//
// What is answered behind such a request waits in ordered_, too: handlers are run in the order of the statements.
#include "loop_handler.hpp"
#include "wire/session.hpp"

#include <boost/asio/post.hpp>

namespace pgcoro::wire {

/// Of a request that is answered, and has more rows than a slice of time allows to read.
void session::read_rows_later(request& r) {
    r.at = request::stage::reading;
    (reading_rows_ ? ordered_ : due_).append(completed_);
    reading_rows_ = true;
    ordered_.push_back(r);
    read_rows_soon();
    if (!due_.empty()) {
        run_completions_later();
    }
}

void session::read_rows_soon() {
    if (!std::exchange(rows_posted_, true)) {
        boost::asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                              s.rows_posted_ = false;
                              s.read_rows();
                          }));
    }
}

/// One slice. What is complete by then is delivered.
void session::read_rows() {
    if (request* const r = ordered_.front(); r && r->at == request::stage::reading) {
        try {
            if (!r->read_on(types_)) {
                ordered_.take_front();
                finish_reading(*r);
            }
        } catch (...) {
            ordered_.take_front();
            const error why(errc::connection_lost, "the connection was closed because reading a result threw an exception");
            give_up(*r, why.with(error::lost).with(error::in_doubt));
            lose(why);
            read_rows_soon();
            run_completions_later();
            throw;
        }
    }
    while (!ordered_.empty() && ordered_.front()->at == request::stage::over) {
        due_.push_back(ordered_.take_front());
    }
    if (ordered_.empty()) {
        reading_rows_ = false;
        completed_.prepend(due_);
    } else {
        read_rows_soon();
    }
    if (!due_.empty() || !completed_.empty()) {
        run_completions_later();
    }
}

/// All its rows are read.
void session::finish_reading(request& r) {
    detail::wanted_types unknown;
    if (std::exchange(r.has_unread, false) && !closed_) {
        r.unknown_types(unknown); // of another statement of the same batch
    }
    if (unknown.empty()) {
        r.at = request::stage::over;
        --load_;
        due_.push_back(r);
    } else {
        read_later(r);
    }
}

/// Handlers are about to be run: those of what was answered behind a request that is still being read are not.
void session::hold_back() noexcept {
    ordered_.append(completed_);
    completed_.append(due_);
}

/// Ends a request whose waiter does not wait any longer, whatever is still being read before it.
void session::give_up(request& r, error outcome) noexcept {
    r.outcome = std::move(outcome);
    r.at = request::stage::over;
    --load_;
    (reading_rows_ ? due_ : completed_).push_back(r);
}

} // namespace pgcoro::wire
