// SPDX-License-Identifier: BSL-1.0
// Streams in the simple protocol: COPY and scripts. In the extended protocol, a COPY that fails before it reads its first byte
// shifts all later answers by one (libpq sends two Syncs, and the server answers both).
//
//   leave pipeline mode -> BEGIN, if one is due -> the statement -> data -> results -> libpq's null: it is over
//
// What stands in it as a COPY and has no business there is ended without data.
#include "base/loop_handler.hpp"
#include "libpq/server_error.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session_inline.hpp"

#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

namespace pgcoro::wire {
namespace {

using detail::copy_sink;
using detail::stream_request;
using detail::transaction_scope;
using phase = stream_progress::phase;

// Bytes that were no notice for so long may be an error: no more data is asked for.
constexpr std::chrono::milliseconds suspicion(100);

// And after so long they are one. The other half of a notice may have been lost on its way, and be sent again.
constexpr std::chrono::milliseconds certainty(900);

// So many pieces are sent at once, if the socket takes them.
constexpr int most_pieces = 4;

bool is_copy(ExecStatusType status) noexcept {
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/// PREPARE TRANSACTION, too, outlives the session.
bool commits(std::string_view tag) noexcept {
    return tag.starts_with("COMMIT") || tag == "PREPARE TRANSACTION" || tag == "ROLLBACK PREPARED";
}

/// Reads and throws away what one has not asked for.
void skip_copy_out(PGconn* connection, bool& ended) noexcept {
    char* message = nullptr;
    int length = 0;
    while ((length = PQgetCopyData(connection, &message, 1)) > 0) {
        PQfreemem(message);
    }
    ended = length < 0;
}

} // namespace

bool session::send_simple() {
    begin_stream();
    sending_.current = nullptr;
    gate_.exclusive = true;
    stream_.was_in_transaction = PQtransactionStatus(libpq()) != PQTRANS_IDLE;
    if (sending_.pipelined && !set_pipelined(false)) {
        return false;
    }
    return send_begin();
}

/// BEGIN or SAVEPOINT, if one is due; else the statement itself.
bool session::send_begin() {
    transaction_scope* due = nullptr;
    for (transaction_scope* s = stream_.open->scope; s && s->at == transaction_scope::phase::fresh; s = s->outer.get()) {
        due = s;
    }
    if (!due) {
        return send_simple_text();
    }
    stream_.at = phase::opening;
    due->at = transaction_scope::phase::beginning;
    stream_.open->opens = stream_.open->opens || !due->is_savepoint();
    std::string sql = due->opening();
    expected_.push(command::open);
    if (due->tracks_outcome()) {
        sql += "; select pg_catalog.pg_current_xact_id()";
        expected_.push(command::identify);
    }
    if (PQsendQuery(libpq(), sql.c_str()) != 1) {
        return false;
    }
    flush();
    return true;
}

bool session::send_simple_text() {
    stream_.at = phase::results;
    expected_.push(command::simple);
    if (PQsendQuery(libpq(), stream_.open->simple_text()) != 1) {
        return false;
    }
    flush();
    return true;
}

void session::drain_simple() {
    while (stream_.open && !expected_.empty()) {
        if (stream_.at == phase::copy_in && PQstatus(libpq()) == CONNECTION_BAD) {
            // What the server had said before, libpq gives only after the end of data. This end reaches nobody.
            stream_.at = phase::results;
            static_cast<void>(PQputCopyEnd(libpq(), "the connection is gone"));
        }
        if (stream_.at == phase::copy_in) {
            static_cast<void>(PQisBusy(libpq())); // notices are read here
            return;
        }
        if (stream_.at == phase::copy_out) {
            if (!take_copy_data()) {
                return;
            }
            continue;
        }
        if (PQisBusy(libpq()) != 0) {
            stream_.open->notify();
            return;
        }
        PGresult* const result = PQgetResult(libpq());
        if (!(result ? on_simple_result(result) : end_simple())) {
            return;
        }
    }
}

/// False if the session is over.
bool session::on_simple_result(PGresult* raw) {
    const auto status = PQresultStatus(raw);
    if (is_copy(status)) {
        PQclear(raw);
        return begin_copy(status);
    }
    detail::result_handle result(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        on_error(raw);
        head_.answered = false;
        if (server_.fatal.severity() == "FATAL" || server_.fatal.severity() == "PANIC") {
            lose(server_.fatal);
            return false;
        }
        return true;
    }
    const auto kind = expected_.front().kind;
    if (kind == command::open || kind == command::identify) {
        on_opened(raw);
        expected_.pop();
        if (expected_.empty()) {
            expected_.push(command::simple); // the null is still to come
        }
        return true;
    }
    if (stream_.at == phase::undoing || stream_.at == phase::opening) {
        return true;
    }
    const std::string_view tag = PQcmdStatus(raw);
    stream_.has_committed = stream_.has_committed || commits(tag);
    if (stream_.open->what() == stream_request::kind::script && (tag == "SET" || tag == "RESET")) {
        server_.limit.forget(); // what it was that it set is anybody's guess
        forget_names();
        cache_.renew_all();
    } else {
        on_command_tag(tag);
    }
    if (!stream_.open->is_left()) {
        stream_request& s = *stream_.open;
        count_rows(raw);
        s.consume(0, result, types_);
        if (s.failure()) {
            cancel(s, s.failure());
        }
    }
    return true;
}

/// False if the session is over.
bool session::begin_copy(ExecStatusType status) {
    stream_request& s = *stream_.open;
    if (status == PGRES_COPY_BOTH) {
        lose(error(errc::connection_lost, "the connection was closed because a statement started a replication stream"));
        return false;
    }
    const auto wanted = status == PGRES_COPY_IN ? stream_request::kind::copy_in : stream_request::kind::copy_out;
    if (s.what() != wanted) {
        head_.failure =
            head_.failure
                ? head_.failure
                : error(errc::copy_not_supported,
                        s.what() == stream_request::kind::script
                            ? "a script contains a COPY from STDIN or to STDOUT: use copy_in or copy_out for it"
                            : "the COPY goes in the other direction: copy_in is for COPY ... FROM STDIN, copy_out for "
                              "COPY ... TO STDOUT");
        if (status == PGRES_COPY_IN) {
            return PQputCopyEnd(libpq(), "not supported here") == 1 || (sending_failed(), false);
        }
        if (s.what() == stream_request::kind::script) {
            head_.failure = unanswered(s, head_.failure); // the rest of it runs all the same
        }
        stream_.at = phase::copy_out;
        return true;
    }
    if (wanted == stream_request::kind::copy_in) {
        stream_.at = phase::copy_in;
        stream_.notices = made_.notices ? made_.notices->received() : 0;
        s.on_begun();
        send_copy_data();
    } else {
        stream_.at = phase::copy_out;
        s.on_begun();
    }
    return !gate_.closed;
}

/// False if there is no more for now, or if the session is over.
bool session::take_copy_data() {
    stream_request& s = *stream_.open;
    if (s.what() != stream_request::kind::copy_out || s.is_left()) {
        bool ended = false;
        skip_copy_out(libpq(), ended);
        if (ended) {
            stream_.at = phase::results;
        }
        return ended;
    }
    while (!s.has_enough()) {
        char* message = nullptr;
        const int length = PQgetCopyData(libpq(), &message, 1);
        if (length <= 0) {
            if (length != 0) {
                stream_.at = phase::results;
            }
            notify_stream();
            return length != 0;
        }
        count_bytes(static_cast<std::size_t>(length), 0);
        const struct freed {
            char* bytes;
            ~freed() { PQfreemem(bytes); }
        } owned{message};
        try {
            if (error failure = s.take_bytes(std::as_bytes(std::span(message, static_cast<std::size_t>(length))))) {
                s.fail(failure);
                cancel(s, std::move(failure));
                return true;
            }
        } catch (...) {
            lose(error(errc::connection_lost, "the connection was closed because reading a result threw an exception"));
            throw;
        }
    }
    notify_stream();
    return false;
}

/// libpq is idle again. False if the session is over.
bool session::end_simple() {
    if (PQstatus(libpq()) == CONNECTION_BAD) {
        lose(libpq_error(libpq()));
        return false;
    }
    expected_.clear();
    request& r = *stream_.open;
    if (stream_.at == phase::opening && !head_.failure && !stream_.open->is_left()) {
        if (!send_begin()) {
            sending_failed();
        }
        return !gate_.closed;
    }
    if (stream_.at == phase::results && leaves_transaction_open(r)) {
        head_.failure = head_.failure
                            ? head_.failure
                            : error(errc::transaction_left_open, "the script left a transaction open, which was rolled back");
        stream_.at = phase::undoing;
        expected_.push(command::simple);
        if (PQsendQuery(libpq(), "rollback") != 1) {
            sending_failed();
            return false;
        }
        flush();
        return !gate_.closed;
    }
    if (head_.failure && stream_.has_committed) {
        head_.failure = head_.failure.with(error::in_doubt); // a part of it is done
    }
    if (r.scope && head_.failure) {
        transaction_.may_be_open = true;
    }
    gate_.exclusive = false;
    leave_stream();
    if (io_.wakes_for_writing) {
        reregister();
        if (gate_.closed) {
            return false;
        }
    }
    end_request();
    return !gate_.closed;
}

/// A script on a connection that is somebody else's afterwards.
bool session::leaves_transaction_open(const request& r) const noexcept {
    const auto status = PQtransactionStatus(libpq());
    return detail::lender_of(r) && !r.scope && !stream_.was_in_transaction &&
           (status == PQTRANS_INTRANS || status == PQTRANS_INERROR);
}

/// As much of what COPY FROM has as the socket takes.
void session::send_copy_data() {
    for (int pieces = 0; stream_.open && stream_.at == phase::copy_in && !gate_.blocked && !gate_.closed; ++pieces) {
        if (pieces == most_pieces) {
            resume_stream(); // the loop has its turn: others, and the clock by which a failure of the server is noticed
            return;
        }
        auto& s = static_cast<copy_sink&>(*stream_.open);
        if (s.is_left() && s.refusal().empty()) {
            s.refuse_data("the client has ended it without finish()");
        }
        if (io_.socket.is_readable()) {
            // Before libpq reads it while it writes, and nobody would know.
            if (!consume()) {
                sending_failed();
                return;
            }
            watch_copy();
        }
        if (stream_.is_suspected && s.refusal().empty() && !s.wants_end()) {
            return; // what comes, or the clock, tells
        }
        std::span<const std::byte> piece;
        try {
            piece = s.refusal().empty() ? s.piece() : piece;
        } catch (...) {
            // From a range of the user's, or from what encodes its rows. Nobody could tell later how much of it was sent.
            lose(error(errc::connection_lost, "the connection was closed because writing a row threw an exception"));
            throw;
        }
        if (!piece.empty()) {
            if (PQputCopyData(libpq(), reinterpret_cast<const char*>(piece.data()), static_cast<int>(piece.size())) != 1) {
                sending_failed();
                return;
            }
            count_bytes(0, piece.size());
            s.piece_sent();
            flush();
            notify_stream();
        } else if (s.wants_end()) {
            s.on_end_sent();
            stream_.at = phase::results;
            stream_.suspected_from = clock::time_point::max();
            if (PQputCopyEnd(libpq(), s.refusal().empty() ? nullptr : s.refusal().c_str()) != 1) {
                sending_failed();
                return;
            }
            flush();
        } else {
            return;
        }
    }
}

/// Something has come in the middle of COPY FROM.
void session::watch_copy() {
    if (stream_.at != phase::copy_in || !stream_.open || gate_.closed) {
        return;
    }
    static_cast<void>(PQisBusy(libpq()));
    const unsigned notices = made_.notices ? made_.notices->received() : 0;
    if (notices != std::exchange(stream_.notices, notices)) {
        stream_.suspected_from = clock::time_point::max();
        stream_.is_suspected = false;
    } else if (stream_.suspected_from == clock::time_point::max()) {
        stream_.suspected_from = detail::from_now(suspicion);
        watch_deadline(stream_.suspected_from);
    }
}

void session::on_copy_deadline(clock::time_point now) {
    if (stream_.suspected_from <= now) {
        stream_.suspected_from = clock::time_point::max();
        if (stream_.open && stream_.at == phase::copy_in) {
            if (std::exchange(stream_.is_suspected, true)) {
                static_cast<copy_sink&>(*stream_.open).on_failed();
            } else {
                stream_.suspected_from = detail::from_now(certainty);
                watch_deadline(stream_.suspected_from);
            }
        }
    }
    if (stream_.ask_from <= now) {
        stream_.ask_from = clock::time_point::max();
        consider_cancelling();
    }
}

} // namespace pgcoro::wire
