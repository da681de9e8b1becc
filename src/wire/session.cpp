// SPDX-License-Identifier: BSL-1.0
// The life of a session: opening, queueing, cancelling, and running handlers outside of libpq.
#include "wire/session_inline.hpp"

#include "base/loop_handler.hpp"
#include "libpq/server_error.hpp"
#include "statement/sql_command.hpp"
#include "wire/cancel_request.hpp"
#include "wire/description.hpp"
#include "wire/lane_observer.hpp"
#include "wire/request_outcome.hpp"
#include "wire/type_lookup.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <boost/asio/post.hpp>

#include <optional>
#include <string_view>

namespace pgcoro::wire {
namespace {

namespace asio = boost::asio;

// PostgreSQL refuses a message longer than this, and closes the connection.
constexpr std::size_t longest_message = 0x3ffffffe;

/// One static statement with a few values that are all right, as most are: no need to look closer.
[[gnu::always_inline]] inline bool is_small(const request& r) noexcept {
    if (!r.is_single()) {
        return false;
    }
    const auto& values = r.single_values();
    const auto& text = r.single_text();
    // Only of static text, which is a literal in somebody's source, the number of placeholders is known.
    return values.small() && static_cast<std::size_t>(text.placeholder_count()) == values.size();
}

#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
bool is_large(const request& r) noexcept {
    std::size_t bytes = 0;
    for (std::size_t step = 0, steps = r.steps(); step < steps && bytes <= session::flush_threshold; ++step) {
        bytes += r.values(step).byte_size() + r.text(step).size();
    }
    return bytes > session::flush_threshold;
}
#endif

std::string_view parameter(const PGconn* connection, const char* name) noexcept {
    const char* const value = PQparameterStatus(connection, name);
    return value ? value : std::string_view();
}

std::optional<announced_pooler> announced_by(const PGconn* connection) noexcept {
    return read_announcement(parameter(connection, "pgbouncer.pool_mode"),
                             parameter(connection, "pgbouncer.max_prepared_statements"));
}

/// A COPY that was not asked for as one, or something else that was. Scripts were looked at before.
bool is_misplaced(const request& r, bool is_copy) noexcept {
    using kind = detail::stream_request::kind;
    const auto what = detail::stream_kind(r);
    return what != kind::script && is_copy != (what == kind::copy_in || what == kind::copy_out);
}

/// Why a statement's text cannot be sent.
error unsendable_text(const request& r, const detail::statement_text& text) {
    if (const errc bad = text.check(); bad != errc{}) {
        return error(bad, "the statement's text contains a NUL character");
    }
    if (text.size() + 256 > longest_message) {
        return error(errc::value_too_large, "the statement's text exceeds PostgreSQL's limit of 1 GiB");
    }
    // Of a literal whose placeholders are counted, the compiler has seen that it is neither of what follows.
    const bool is_known = text.placeholder_count() >= 0;
    if (!is_known && detail::sets_encoding(text.view())) {
        return error(errc::invalid_text, "client_encoding is always UTF8: a statement may not change it");
    }
    if (const bool is_copy = !is_known && copies_through_client(text.view()); is_misplaced(r, is_copy)) {
        return error(errc::copy_not_supported, is_copy ? "COPY ... FROM STDIN needs copy_in(), and COPY ... TO STDOUT "
                                                         "copy_out(): see <pgcoro/copy.hpp>"
                                                       : "the statement is no COPY ... FROM STDIN or TO STDOUT");
    }
    return {};
}

/// Why a request cannot be sent, before any of it is. Notes whether types of its values are known by name only.
error unsendable(request& r) {
    const detail::statement_text* checked = nullptr; // many rows have one text
    bool has_named_types = r.has_named_types;
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& values = r.values(step);
        const auto& text = r.text(step);
        if (!values.ok()) {
            return r.locate(values.failure(), step, false);
        }
        if (checked != &text) {
            if (error e = unsendable_text(r, text)) {
                return r.locate(std::move(e), step, true);
            }
            checked = &text;
        }
        if (text.placeholder_count() >= 0 && static_cast<std::size_t>(text.placeholder_count()) != values.size()) {
            return r.locate(errc::parameter_count_mismatch, step, false);
        }
        // Four bytes of length for each value, two of format and four of type, and the names.
        if (values.byte_size() + 10 * values.size() + 256 > longest_message) {
            return r.locate(
                error(errc::value_too_large, "the values of a statement exceed PostgreSQL's limit of 1 GiB in total"), step,
                false);
        }
        if (r.is_uniform) {
            break;
        }
        has_named_types = has_named_types || values.has_named_types();
    }
    r.has_named_types = has_named_types;
    return {};
}

} // namespace

session::session(asio::any_io_executor executor, established made, const session_options& options)
    : detail::request_target(executor),
      naming_(options.prepare, announced_by(made.connection.get()), options.behind_pooler),
      libpq_(made.connection.get()),
      types_(std::make_shared<const detail::type_catalogue>(PQserverVersion(made.connection.get()))),
      options_(options),
      io_(executor),
      cache_(options.statement_cache_size),
      made_(std::move(made)),
      timer_(executor) {}

session::~session() { drop_all(); }

error session::open() {
    if (PQsetnonblocking(libpq(), 1) != 0 || !set_pipelined(true)) {
        return libpq_error(libpq());
    }
    if (auto& registered = made_.descriptor) {
        io_.socket = std::move(*registered);
        registered.reset();
    } else if (const auto failed = io_.socket.duplicate(PQsocket(libpq()))) {
        return failed;
    }
    if (const std::string_view host = PQhost(libpq()); host.starts_with('/') || host.starts_with('@')) {
        // Linux gives no Unix socket a send buffer of less than two pages, and it is empty when the peer has answered
        // everything. A TCP socket may take nothing for want of memory in the kernel.
        sending_.always_taken = 2048;
    }
    options_.most_in_flight = queues_.window = std::max<std::size_t>(options_.most_in_flight, 1);
    gate_.asks_whose = naming_.is_undecided();
    gate_.limits_all = options_.command_timeout > std::chrono::milliseconds::zero() || options_.tells_deadlines;
    io_.tls = PQsslStruct(libpq(), "OpenSSL");
    server_.encoding = PQclientEncoding(libpq());
    if (server_.encoding != pg_char_to_encoding("UTF8") && PQparameterStatus(libpq(), "client_encoding")) {
        return error(errc::connection_lost, "the server did not set client_encoding to UTF8 as requested");
    }
    server_.version = PQserverVersion(libpq());
#ifndef LIBPQ_HAS_CLOSE_PREPARED
    if (naming_.is_shared()) {
        cache_.never_evict(); // a pooler keeps names apart, but does not read DEALLOCATE
    }
#endif
    server_.backend_pid = PQbackendPID(libpq());
    if (observers()) {
        gate_.observed = true;
        facts_ = std::make_shared<const connection_facts>(
            connection_facts{made_.host, made_.port, PQdb(libpq()), PQuser(libpq()), server_.backend_pid, server_.version});
    }
    if (made_.on_notification) {
        server_.until_look = server_.look_period = 1; // LISTEN in a function has no command tag
    }
    return {};
}

[[gnu::hot]] void session::submit(request& r) noexcept {
    r.at = request::stage::waiting;
    ++queues_.unfinished;
    const bool small = is_small(r);
    if (!needs_no_look(r, small)) [[unlikely]] {
        if (!look_closer(r)) {
            run_completions_later();
            return;
        }
    } else if (gate_.observed) [[unlikely]] {
        r.is_observed ? observe_again(r) : observe(r);
    }
    sending_.solo_streak = is_idle() ? sending_.solo_streak + 1 : 0;
    queues_.waiting.push_back(r);
    if (queues_.in_completions) {
        return; // whoever runs the completions pumps afterwards
    }
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    // What is large is not held back: whether the socket takes it decides whether this session should get any more.
    if (small || !is_large(r)) {
        pump_later();
        return;
    }
#endif
    pump();
}

/// False if the request is over before it began.
[[gnu::noinline]] bool session::admit(request& r) {
    gate_.by_hand = gate_.by_hand && transaction_.open;
    gate_.asks_whose = naming_.is_undecided();
    if (r.expires == clock::time_point::max() && options_.command_timeout > std::chrono::milliseconds::zero()) {
        r.expires = detail::from_now(options_.command_timeout);
    }
    error refusal = r.outcome                           ? r.outcome
                    : gate_.closed                      ? unsent(r, ended_by_)
                    : r.scope != transaction_.innermost ? out_of_turn(r)
                    : is_refused_by_stream()            ? error(errc::stream_open)
                                                        : unsendable(r);
    r.needs_types = r.has_named_types;
    r.needs_care = r.needs_care || r.needs_types || options_.tells_deadlines || gate_.by_hand || gate_.asks_whose;
    if (!refusal && r.expires != clock::time_point::max()) {
        if (r.expires <= clock::now()) {
            refusal = errc::timed_out;
        } else {
            watch_deadline(r.expires);
        }
    }
    if (refusal) {
        give_up(r, refusal.with(error::nothing_sent));
    }
    return !refusal;
}

void session::cancel(request& r, error why) noexcept {
    if (r.at == request::stage::made) {
        // On its way here from another thread: `submit` will see it.
        r.outcome = std::move(why);
        r.expires = clock::time_point::min();
    } else if (r.at == request::stage::waiting) {
        if (queues_.waiting.remove(r) || retry_.held.remove(r)) {
            const bool fails_transaction = stop_describing(r, why);
            give_up(r, fails_transaction ? why : why.with(error::nothing_sent));
            run_completions_later();
        }
    } else if (r.at == request::stage::reading) {
        if (resolution_.unread.remove(r) || resolution_.asking.remove(r) || rows_.ordered.remove(r)) {
            give_up(r, unanswered(r, std::move(why))); // it was done, but who knows that?
            run_completions_later();
        }
    } else if (r.at == request::stage::sent && r.abandoned == request::abandonment::none && !ends_soon(r)) {
        r.abandoned = request::abandonment::due;
        r.outcome = r.is_stream ? fail_stream(r, std::move(why)) : unanswered(r, std::move(why));
        notify_.abandoning = notify_.giving_up = true;
        ++cancelling_.given_up;
        consider_cancelling(); // before anything can be sent behind it
        run_completions_later();
    }
}

transaction_status session::status() const noexcept {
    if (gate_.closed) {
        return transaction_status::unknown;
    }
    if (!expected_.empty() || !queues_.waiting.empty()) {
        return transaction_status::active;
    }
    switch (PQtransactionStatus(libpq())) {
    case PQTRANS_IDLE: return transaction_status::idle;
    case PQTRANS_ACTIVE: return transaction_status::active;
    case PQTRANS_INTRANS: return transaction_status::in_transaction;
    case PQTRANS_INERROR: return transaction_status::in_error;
    case PQTRANS_UNKNOWN: break;
    }
    return transaction_status::unknown;
}

void session::complete(request& r, error outcome) noexcept {
    r.outcome = std::move(outcome);
    complete(r);
}

void session::complete(request& r) noexcept {
    r.at = request::stage::over;
    --queues_.unfinished;
    queues_.completed.push_back(r);
}

void session::run_completions_later() {
    if (std::exchange(queues_.completions_posted, true)) {
        return;
    }
    asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                   s.queues_.completions_posted = false;
                   s.run_completions();
                   if (s.notify_.streaming) {
                       s.move_stream();
                   }
                   if (!s.gate_.closed) {
                       s.pump();
                   }
               }));
}

/// To what concerns others than those whose requests are complete.
[[gnu::noinline]] void session::notify_others() {
    if (lane_.observer) {
        tell_observer();
    }
    if (notify_.giving_up) {
        go_on_giving_up();
    }
    if (notify_.abandoning) {
        tell_abandoned();
    }
    if (notify_.reading_rows) {
        hold_back();
    }
}

void session::tell_abandoned() {
    // Each handler may change the list: start anew after each. One may throw, too: the others are told all the same, later.
    for (request* r = queues_.in_flight.front(); r;) {
        if (r->abandoned == request::abandonment::due) {
            r->abandoned = request::abandonment::done;
            r->abandon();
            r = queues_.in_flight.front();
        } else {
            r = r->next;
        }
    }
    notify_.abandoning = false;
}

} // namespace pgcoro::wire
