// SPDX-License-Identifier: BSL-1.0
// Streams: requests that hand over what comes while the server carries them out. One begins when nothing else is in flight, and
// nothing is sent behind it until it is over. Its reader sets the pace: while it has enough to read, nothing is read from the
// socket, and so the server waits, too.
//
//   queues_.in_flight, alone -> rows -> the reader has enough: paused -> it has taken them: resumed -> ... -> its Sync -> over
#include "base/loop_handler.hpp"
#include "libpq/server_error.hpp"
#include "statement/sql_command.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session_inline.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/session_effect.hpp>

#include <boost/asio/post.hpp>
#include <boost/assert.hpp>

namespace pgcoro::wire {
namespace {

bool set_row_mode_of(PGconn* connection) noexcept {
#ifdef LIBPQ_HAS_CHUNK_MODE
    return PQsetChunkedRowsMode(connection, rows_per_chunk) == 1;
#else
    return PQsetSingleRowMode(connection) == 1;
#endif
}

bool has_some_rows(ExecStatusType status) noexcept {
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (status == PGRES_TUPLES_CHUNK) {
        return true;
    }
#endif
    return status == PGRES_SINGLE_TUPLE;
}

// So many reads, of libpq's 16 KiB each, before a stream that nobody wants any more is cancelled: most are short.
constexpr int reads_before_cancel = 4;

// So often what a stream's caller does in its handler is carried on at once.
constexpr int most_turns = 8;

// So long CopyFail has to end a COPY.
constexpr std::chrono::milliseconds copy_grace(150);

} // namespace

/// The request that is being sent is a stream, and the only one in flight.
void session::begin_stream() {
    if (!stream_.open) {
        BOOST_ASSERT(queues_.in_flight.front() == sending_.current); // alone
        if (queues_.in_flight.front()->tells_sending) {
            on_special_sent(*queues_.in_flight.front(), false);
        }
        stream_.open = static_cast<detail::stream_request*>(queues_.in_flight.front());
        stream_.open->engine = this;
        stream_.at = stream_progress::phase::results;
        stream_.has_row_mode = stream_.has_rows = stream_.has_committed = stream_.is_suspected = false;
        stream_.suspected_from = stream_.ask_from = clock::time_point::max();
        gate_.streaming = true;
        notify_.streaming = true;
    }
}

/// It is over, or to be sent once more.
void session::leave_stream() noexcept {
    if (stream_.open) {
        stream_.open = nullptr;
        stream_.suspected_from = stream_.ask_from = clock::time_point::max();
        gate_.streaming = gate_.exclusive = false;
        notify_.streaming = false;
    }
}

bool session::is_refused_by_stream() const noexcept { return stream_.open && !stream_.open->is_left(); }

/// libpq takes the mode for the command whose results come next, before any of them was looked at.
void session::set_row_mode() {
    if (!stream_.has_row_mode && !expected_.empty() && expected_.front().kind == command::execute) {
        stream_.has_row_mode = set_row_mode_of(libpq());
    }
}

void session::drain_stream() {
    if (stream_.open && stream_.open->is_simple()) {
        drain_simple();
        return;
    }
    while (stream_.open && !expected_.empty()) {
        if (stream_.open->is_paused()) {
            return;
        }
        set_row_mode();
        if (PQisBusy(libpq()) != 0) {
            expect_ready();
            stream_.open->notify();
            return;
        }
        PGresult* const result = PQgetResult(libpq());
        const bool goes_on = result && has_some_rows(PQresultStatus(result)) ? on_rows(result)
                             : result                                        ? on_result(result)
                                                                             : end_command();
        if (!goes_on) {
            return;
        }
        if (queues_.in_flight.front() != stream_.open) {
            leave_stream();
        }
    }
    if (stream_.open) {
        stream_.open->notify();
    } else if (!expected_.empty()) {
        take_what_came(); // answers to what the session itself has asked behind it
    }
}

/// Some rows of the stream. False if the session is over.
bool session::on_rows(PGresult* raw) {
    detail::result_handle result(raw);
    detail::stream_request& s = *stream_.open;
    stream_.has_rows = true;
    if (s.is_left()) {
        return true;
    }
    count_rows(raw);
    tell_progress();
#ifdef LIBPQ_HAS_CHUNK_MODE
    s.keep_tag(result);
#endif
    try {
        if (error failure = s.take(result, types_)) {
            // It is not read to its end. Has it done something?
            const bool is_harmless =
                detail::is_word(first_word(s.text(0).view()), "select", "values", "table", "show", "fetch");
            s.fail(is_harmless ? failure : unanswered(s, failure));
            cancel(s, std::move(failure));
        } else if (s.is_paused()) {
            s.notify();
        }
    } catch (...) {
        lose(error(errc::connection_lost, "the connection was closed because reading a result threw an exception"));
        throw;
    }
    return !gate_.closed;
}

void session::on_readable_stream() {
    if (stream_.open && stream_.open->is_paused()) {
        return; // whoever takes the rows resumes it
    }
    const bool alive = consume();
    watch_copy();
    move_stream();
    if (!alive && !gate_.closed) {
        // What had come before is handed over first; a reader that is slow gets the rest of it never.
        lose(libpq_error(libpq()));
        run_completions();
    }
    if (gate_.closed) {
        return;
    }
    if (gate_.blocked) {
        flush(); // reading may have been what the server was waiting for
    }
    if (!gate_.streaming || !stream_.open->is_paused()) {
        pump();
    }
}

/// Hands over what has come as long as it is taken.
void session::move_stream() {
    if (stream_.moving || gate_.closed) {
        return;
    }
    struct scope {
        bool& moving;
        explicit scope(bool& m) noexcept : moving(m) { m = true; }
        ~scope() { moving = false; }
    } const here(stream_.moving);
    int turns = 0;
    do {
        stream_.again = false;
        send_copy_data();
        drain_stream();
        run_completions();
    } while (stream_.again && !gate_.closed && ++turns < most_turns);
    if (stream_.again && !gate_.closed) {
        resume_later(); // others on the loop have their turn
    }
    if (--server_.until_look == 0) {
        look_around();
    }
}

void session::resume_stream() noexcept {
    if (stream_.moving) {
        stream_.again = true;
        return;
    }
    resume_later();
}

void session::resume_later() {
    if (std::exchange(stream_.resume_posted, true)) {
        return;
    }
    boost::asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                          s.stream_.resume_posted = false;
                          s.move_stream();
                          if (!s.gate_.closed && !(s.stream_.open && s.stream_.open->is_paused())) {
                              s.pump();
                          }
                      }));
}

void session::run_soon(request& r) noexcept {
    queues_.completed.push_back(r);
    if (!queues_.in_completions && !stream_.moving) {
        run_completions_later();
    }
}

void session::watch_stream(const request& r) noexcept {
    if (r.expires != clock::time_point::max()) {
        watch_deadline(r.expires);
    }
}

/// What its caller is told, at once.
error session::fail_stream(request& r, error why) {
    auto& s = static_cast<detail::stream_request&>(r);
    error told = s.may_have_happened() ? unanswered(r, std::move(why)) : std::move(why);
    s.fail(told);
    if (stream_.open == &r && stream_.at == stream_progress::phase::copy_in) {
        // A server that waits for data notices CopyFail, and one that is busy a cancel request.
        stream_.ask_from = detail::from_now(copy_grace);
        watch_deadline(stream_.ask_from);
        resume_stream();
    }
    return told;
}

void session::end_stream(const error& why) noexcept {
    if (stream_.open && !stream_.open->is_left()) {
        cancel(*stream_.open, why);
    }
}

/// Of a stream whose caller has left: true if all of the rest has come already. The server need not be asked to stop then.
bool session::ends_soon(request& r) {
    if (!r.is_stream || stream_.open != &r || !stream_.open->is_left()) {
        return false;
    }
    for (int reads = 0; reads < reads_before_cancel && stream_.open == &r; ++reads) {
        drain_stream();
        if (stream_.open != &r || !io_.socket.is_readable() || !consume()) {
            break;
        }
    }
    if (gate_.closed || stream_.open == &r) {
        return gate_.closed;
    }
    run_completions_later();
    return true;
}

} // namespace pgcoro::wire
