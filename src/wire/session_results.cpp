// SPDX-License-Identifier: BSL-1.0
// The receiving half of the engine: results go to the request at the head, and a request is over when its Sync has come.
#include "libpq/server_error.hpp"
#include "wire/description.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session_inline.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace pgcoro::wire {
namespace {

bool is_fatal(const error& e) noexcept { return e.severity() == "FATAL" || e.severity() == "PANIC"; }

} // namespace

[[gnu::always_inline]] inline void session::drain() {
    while (!expected_.empty()) {
        if (notify_.in_chunks) [[unlikely]] {
            ask_for_chunks();
        }
        if (PQisBusy(libpq()) != 0) [[unlikely]] {
            expect_ready();
            return;
        }
        PGresult* const result = PQgetResult(libpq());
        if (!(result ? on_result(result) : end_command())) [[unlikely]] {
            return;
        }
    }
}

/// False if the session is over.
[[gnu::always_inline]] inline bool session::on_result(PGresult* raw) {
    const auto status = PQresultStatus(raw);
    if (status == PGRES_TUPLES_OK) [[likely]] {
        return on_command_result(raw);
    }
    if (status == PGRES_PIPELINE_SYNC) {
        PQclear(raw);
        const command kind = expected_.front().kind;
        if (kind != command::sync && kind != command::our_sync) [[unlikely]] {
            lose(error(errc::connection_lost, "the server sent ReadyForQuery before it had answered"));
            return false;
        }
        expected_.pop();
        if (kind == command::sync) {
            end_request();
        } else if (!retry_.held.empty()) [[unlikely]] {
            settle_if_answered();
        }
        return true;
    }
    return status == PGRES_COMMAND_OK && changes_rows_only(PQcmdStatus(raw)) ? on_changed_rows(raw)
                                                                             : on_other_result(raw, status);
}

[[gnu::hot, gnu::noinline]] bool session::on_changed_rows(PGresult* raw) { return on_command_result(raw); }

bool session::on_other_result(PGresult* raw, ExecStatusType status) {
    switch (status) {
    case PGRES_COMMAND_OK: {
        const auto kind = expected_.front().kind;
        if (kind == command::execute || kind == command::exclusive) {
            const std::string_view tag = PQcmdStatus(raw);
            on_command_tag(tag);
            if (sets_encoding(tag)) [[unlikely]] {
                PQclear(raw);
                lose(error(errc::connection_lost, "the connection was closed because a statement changed client_encoding"));
                return false;
            }
            if (transaction_.open && lane_.observer) [[unlikely]] {
                PQclear(raw);
                head_.failure = error(errc::not_multiplexable, "the statement began a transaction").with(error::lost);
                return put_up_with_transaction();
            }
        }
        return on_command_result(raw);
    }
    case PGRES_EMPTY_QUERY: return on_command_result(raw);
#ifdef LIBPQ_HAS_CHUNK_MODE
    case PGRES_TUPLES_CHUNK: return on_chunk(raw);
#endif
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        // libpq cannot leave a COPY that was started in pipeline mode.
        PQclear(raw);
        // Without data, a COPY to the server does nothing. One from it is done before we have read the first row.
        head_.failure = errc::copy_not_supported;
        if (status != PGRES_COPY_IN) {
            head_.failure = head_.failure.with(error::lost);
        }
        lose(error(errc::connection_lost, "the connection was closed because a statement started a COPY"));
        return false;
    default: break;
    }
    const detail::result_handle result(raw);
    if (status == PGRES_PIPELINE_ABORTED) {
        on_aborted();
    } else {
        on_error(raw);
        if (is_fatal(server_.fatal)) {
            lose(server_.fatal); // nothing more is said on this session, even if whoever is in between keeps it open
            return false;
        }
    }
    return true;
}

[[gnu::always_inline]] inline bool session::on_command_result(PGresult* raw) {
    detail::result_handle result(raw);
    auto& [kind, statement] = expected_.front();
    if (kind == command::execute || kind == command::exclusive) [[likely]] {
        request& r = *queues_.in_flight.front();
        if (r.abandoned != request::abandonment::done) [[likely]] {
            try {
                if (r.is_special ? take_special(r, result) : r.consume(head_.step, result, types_)) [[unlikely]] {
                    r.has_unread = true;
                }
            } catch (...) {
                // From a user's decoder, or for want of memory. Nobody could tell later how much of the result was read.
                lose(error(errc::connection_lost, "the connection was closed because reading a result threw an exception"));
                throw;
            }
        }
        if (kind == command::exclusive) {
            head_.step = 1; // libpq waits for the server to be ready before it says that this was all
            return true;
        }
        // A pipelined command has one result, and libpq says so with a null that needs nothing more from the server.
        PGresult* const none = PQgetResult(libpq());
        if (none) [[unlikely]] {
            return on_other_result(none, PQresultStatus(none));
        }
        finish_command();
        return true;
    }
    head_.answered = true;
    if (kind == command::prepare) {
        cache_.parsed(*statement);
        retry_.parsed = statement;
    }
    if (kind == command::prepare || kind == command::close) {
        return true;
    }
    if (kind == command::describe) {
        queues_.in_flight.front()->has_unread = formats_.description->take(raw, *types_);
        return true;
    }
    if (kind == command::open || kind == command::identify) {
        on_opened(raw);
        return true;
    }
    if (kind == command::whose) {
        on_backend_pid(raw);
        return true;
    }
    if (kind == command::ours) {
        io_.ready.at = ready_probe::state::none;
        return true;
    }
    lose(error(errc::connection_lost, "the server sent a result that belongs to no statement"));
    return false;
}

void session::on_error(const PGresult* result) {
    const auto [kind, statement] = expected_.front();
#ifdef LIBPQ_HAS_CLOSE_PREPARED
    const bool may_be_in_request = true; // closes travel with the request that comes next
#else
    const bool may_be_in_request = kind != command::close;
#endif
    const bool in_request = may_be_in_request && kind != command::ours && kind != command::whose && kind != command::our_sync;
    const bool in_statement =
        kind == command::prepare || kind == command::execute || kind == command::exclusive || kind == command::simple;
    error e =
        server_error(result, kind == command::open ? text_of_opening()
                             : in_statement && head_.step < queues_.in_flight.front()->steps()
                                 ? queues_.in_flight.front()->text(head_.step).view()
                             : in_request && formats_.description && queues_.in_flight.front() == formats_.description.get()
                                 ? formats_.description->text().view()
                                 : std::string_view());
    head_.answered = true;
    if (e == sqlstate::query_canceled) {
        cancelling_.plan.stopped();
    }
    if (e == errc::connection_lost && PQstatus(libpq()) == CONNECTION_OK) {
        // libpq's own complaint, and the session goes on: a result was larger than the memory there is, or could not be read.
        e = error(make_error_code(boost::system::errc::not_enough_memory), e.message());
        if (in_statement && !queues_.in_flight.front()->scope) {
            e = e.with(error::in_doubt); // the server has done it, as far as can be told
        }
    } else if (e == errc::connection_lost && made_.notices && made_.notices->fatal()) {
        // Said before the statement was sent, so that it was a notice to libpq.
        e = *made_.notices->fatal();
    }
    if (kind == command::prepare) {
        // Its name is made of its content: what is there already is the same statement.
        const bool is_there = e == sqlstate::duplicate_prepared_statement;
        is_there ? cache_.parsed(*statement) : cache_.not_parsed(*statement, e);
    } else if (kind == command::whose) {
        naming_.not_answered(e == sqlstate::in_failed_sql_transaction);
        gate_.asks_whose = naming_.is_undecided();
    }
    if (e.connection_lost() && !server_.fatal) {
        server_.fatal = e;
    }
    if (kind == command::open) {
        on_not_opened(e);
    } else if (kind == command::identify) {
        on_opened(nullptr); // that it is open is still true
    }
    if (!in_request || head_.failure) {
        return;
    }
    const bool was_in_transaction = transaction_.open;
    e = was_in_transaction ? std::move(e) : half_done(*queues_.in_flight.front(), head_.step, std::move(e));
    if (!e.connection_lost()) {
        // Perhaps: a failed COMMIT ends the transaction, other failures do not. Once all is answered, libpq knows.
        transaction_.may_be_open = transaction_.may_be_open || was_in_transaction;
        transaction_.open = false;
        forget_limit_of_commit(was_in_transaction);
    }
    if (e == sqlstate::read_only_sql_transaction && !queues_.in_flight.front()->scope && !was_in_transaction) {
        server_.refuses_writes = true;
        server_.until_look = 1;
    }
    head_.was_executed = head_has_results();
    if (kind != command::simple) {
        consider_retrying(e);
    }
    // A statement that is unknown because its Parse, sent with an earlier request, failed has that very failure.
    const bool has_parse_failure = retry_.stale && retry_.stale->parse_failure;
    head_.failure = has_parse_failure ? retry_.stale->parse_failure : std::move(e);
    if (in_statement && head_.step < queues_.in_flight.front()->steps()) {
        // An unnamed statement is parsed and executed in one command; only its text has positions.
        const bool while_parsing =
            has_parse_failure || kind == command::prepare || (!statement && head_.failure.position() != 0);
        head_.failure = queues_.in_flight.front()->locate(std::move(head_.failure), head_.step, while_parsing);
    }
}

/// Whether all statements of the request at the head have given their results, and only its Sync is missing.
bool session::head_has_results() noexcept {
    return !expected_.empty() &&
           (expected_.front().kind == command::sync || (expected_.front().kind == command::exclusive && head_.step == 1));
}

void session::on_aborted() noexcept {
    const auto [kind, statement] = expected_.front();
    head_.answered = true;
    if (kind == command::prepare) {
        cache_.not_parsed(*statement, {}); // it was skipped
    } else if (kind == command::open) {
        on_not_opened(head_.failure);
    }
}

/// libpq ends the results of each command, but of no Sync, with a null. False if the session is over.
[[gnu::always_inline]] inline bool session::end_command() {
    const auto kind = expected_.front().kind;
    // What libpq had read before the connection broke is all taken out. Then, in pipeline mode, there would be nulls forever,
    // and no Sync.
    const bool is_genuine =
        kind == command::exclusive ? head_.step == 1 && !head_.failure : std::exchange(head_.answered, false);
    if (!is_genuine) [[unlikely]] {
        if (PQstatus(libpq()) == CONNECTION_BAD) {
            lose(libpq_error(libpq()));
            return false;
        }
        if (kind == command::exclusive && !head_.failure) {
            lose(error(errc::connection_lost, "the server sent ReadyForQuery before it had answered"));
            return false;
        }
    }
    if (kind == command::sync || kind == command::our_sync) {
        return true; // after an error at the Sync itself
    }
    finish_command();
    return true;
}

[[gnu::always_inline]] inline void session::finish_command() {
    const auto [kind, statement] = expected_.front();
    if (statement) {
        --statement->in_flight;
    }
    expected_.pop();
    if (kind == command::execute) {
        ++head_.step;
    } else if (kind == command::exclusive) {
        gate_.exclusive = false;
        end_request();
    }
}

[[gnu::always_inline]] inline void session::end_request() {
    request& r = queues_.in_flight.take_front();
    --queues_.in_flight_count;
    head_.step = 0;
    retry_.parsed = nullptr;
    if (r.scope) {
        end_part(r, static_cast<bool>(head_.failure));
    }
    if (expected_.empty() && has_unexpected_transaction()) [[unlikely]] {
        head_.failure =
            head_.failure ? head_.failure : error(errc::transaction_left_open).with(error::lost).with(error::in_doubt);
        end_failed_request(r);
        lose(errc::transaction_left_open);
    } else if (head_.failure) [[unlikely]] {
        end_failed_request(r);
    } else {
        if (!retry_.held.empty()) [[unlikely]] {
            pass_held();
        }
        if (r.abandoned != request::abandonment::none) {
            --cancelling_.given_up;
            if (!r.has_unread || r.abandoned == request::abandonment::done) { // else nobody will read the rest of it
                r.outcome = {};
            }
        } else if (r.has_unread) [[unlikely]] {
            read_later(r);
            return;
        }
        complete(r);
    }
}

/// The server says that a transaction is open, and no statement has begun one: a pooler did, and may forget to commit it.
[[gnu::always_inline]] inline bool session::has_unexpected_transaction() noexcept {
    if (transaction_.open || transaction_.may_be_open) [[unlikely]] {
        return !transaction_.open && is_surprising();
    }
    return PQtransactionStatus(libpq()) != PQTRANS_IDLE && is_surprising();
}

/// The same after a look at what may explain it: an error in a transaction that was open, or a COMMIT or ROLLBACK that does not
/// end every transaction.
[[gnu::noinline]] bool session::is_surprising() noexcept {
    const auto status = PQtransactionStatus(libpq());
    transaction_.open = status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
    const bool is_explained = transaction_.may_be_open;
    transaction_.may_be_open = false;
    if (settings_.is_local() && !transaction_.open) {
        forget_local_settings();
    }
    return transaction_.open && !is_explained;
}

[[gnu::always_inline]] inline void session::on_readable() {
    io_.reading = false;
    if (notify_.streaming) [[unlikely]] {
        on_readable_stream();
        return;
    }
    const bool alive = consume();
    drain();
    if (--server_.until_look == 0) [[unlikely]] {
        look_around();
    }
    if (!alive && !gate_.closed) [[unlikely]] {
        lose(libpq_error(libpq()));
    }
    run_completions();
    if (gate_.blocked && !gate_.closed) [[unlikely]] {
        flush(); // reading may have been what the server was waiting for
    }
    pump();
}

template void session::on_socket<&session::on_readable>(unsigned);

[[gnu::noinline]] void session::take_what_came() {
    try {
        notify_.streaming ? drain_stream() : drain();
    } catch (...) {
        // From a user's decoder. It has to come out of the loop, not out of the call that started a statement.
        boost::asio::post(where().executor(), [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
    }
    if (server_.look_period == 1) {
        take_notifications(); // what was read here does not make the socket readable again
    }
    if (!queues_.completed.empty()) {
        run_completions_later();
    }
}

} // namespace pgcoro::wire
