// SPDX-License-Identifier: BSL-1.0
// The life of a session: opening, queueing, cancelling, and running handlers outside of libpq.
#include "wire/session.hpp"
#include "loop_handler.hpp"

#include "wire/cancel_request.hpp"
#include "wire/description.hpp"
#include "wire/lane_observer.hpp"
#include "wire/request_outcome.hpp"
#include "wire/server_error.hpp"
#include "wire/type_lookup.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <boost/asio/post.hpp>

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>

namespace pgcoro::wire {
namespace {

namespace asio = boost::asio;

// PostgreSQL refuses a message longer than this, and closes the connection.
constexpr std::size_t longest_message = 0x3ffffffe;

/// One static statement with a few values that are all right, as most are: no need to look closer.
bool is_small(const request& r) noexcept {
    if (!r.is_single()) {
        return false;
    }
    const auto& values = r.single_values();
    const auto& text = r.single_text();
    // Only of static text, which is a literal in somebody's source, the number of placeholders is known.
    return values.small() && static_cast<std::size_t>(text.placeholder_count()) == values.size();
}

/// Linux gives no Unix socket a send buffer of less than two pages, and it is empty when the peer has answered everything. A
/// TCP socket may take nothing for want of memory in the kernel.
bool is_unix_socket(int descriptor) noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family == AF_UNIX;
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

/// Why a request cannot be sent, before any of it is.
error unsendable(const request& r) {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& values = r.values(step);
        const auto& text = r.text(step);
        if (!values.ok()) {
            return r.locate(values.failure(), step, false);
        }
        if (const errc bad = text.check(); bad != errc{}) {
            return r.locate(error(bad, "the statement's text holds a NUL character"), step, true);
        }
        if (detail::sets_encoding(text.view())) {
            return error(errc::invalid_text, "client_encoding is always UTF8: a statement may not change it");
        }
        if (text.placeholder_count() >= 0 && static_cast<std::size_t>(text.placeholder_count()) != values.size()) {
            return r.locate(errc::parameter_count_mismatch, step, false);
        }
        // Four bytes of length for each value, two of format and four of type, and the names.
        if (values.byte_size() + 10 * values.size() + 256 > longest_message || text.size() + 256 > longest_message) {
            return r.locate(
                error(errc::value_too_large, "the values of a statement are larger than PostgreSQL's 1 GiB together"), step,
                false);
        }
    }
    return {};
}

} // namespace

session::session(asio::any_io_executor executor, established made, const session_options& options)
    : detail::request_target(executor),
      naming_(options.prepare, announced_by(made.connection.get()), options.behind_pooler),
      libpq_(made.connection.get()),
      types_(std::make_shared<const detail::type_catalogue>()),
      options_(options),
      socket_(executor),
      cache_(options.statement_cache_size),
      made_(std::move(made)),
      timer_(executor) {}

session::~session() { drop_all(); }

error session::open() {
    if (PQsetnonblocking(libpq(), 1) != 0 || !set_pipelined(true)) {
        return libpq_error(libpq());
    }
    // A descriptor of our own: libpq closes its one whenever it likes, and the number may be another's file by then.
    const int descriptor = ::fcntl(PQsocket(libpq()), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) {
        return boost::system::error_code(errno, boost::system::system_category());
    }
    if (const auto failed = socket_.assign(descriptor)) {
        ::close(descriptor);
        return failed;
    }
    if (is_unix_socket(descriptor)) {
        always_taken_ = 2048;
    }
    options_.most_in_flight = window_ = std::max<std::size_t>(options_.most_in_flight, 1);
    asks_whose_ = naming_.is_undecided();
    limits_all_ = options_.command_timeout > std::chrono::milliseconds::zero() || options_.tells_deadlines;
    tls_ = PQsslStruct(libpq(), "OpenSSL");
    encoding_ = PQclientEncoding(libpq());
    if (encoding_ != pg_char_to_encoding("UTF8") && PQparameterStatus(libpq(), "client_encoding")) {
        return error(errc::connection_lost, "the server was asked for UTF-8, and has another client_encoding");
    }
    server_version_ = PQserverVersion(libpq());
#ifndef LIBPQ_HAS_CLOSE_PREPARED
    if (naming_.is_shared()) {
        cache_.never_evict(); // a pooler keeps names apart, but does not read DEALLOCATE
    }
#endif
    backend_pid_ = PQbackendPID(libpq());
    return {};
}

[[gnu::hot]] void session::submit(request& r) noexcept {
    r.at = request::stage::waiting;
    ++load_;
    const bool small = is_small(r);
    const bool is_plain = !closed_ && !limits_all_ && !by_hand_ && !asks_whose_ && r.scope == scope_ && small &&
                          r.expires == clock::time_point::max();
    if (!is_plain && !admit(r)) [[unlikely]] {
        run_completions_later();
        return;
    }
    solo_streak_ = expected_.empty() && waiting_.empty() ? solo_streak_ + 1 : 0;
    waiting_.push_back(r);
    if (in_completions_) {
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
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        r.has_named_types = r.has_named_types || r.values(step).has_named_types();
    }
    by_hand_ = by_hand_ && in_transaction_;
    r.needs_types = r.has_named_types;
    asks_whose_ = naming_.is_undecided();
    r.needs_care = r.needs_care || r.needs_types || options_.tells_deadlines || by_hand_ || asks_whose_;
    if (r.expires == clock::time_point::max() && options_.command_timeout > std::chrono::milliseconds::zero()) {
        r.expires = detail::from_now(options_.command_timeout);
    }
    error refusal = r.outcome ? r.outcome : closed_ ? unsent(r, ended_by_) : r.scope != scope_ ? out_of_turn(r) : unsendable(r);
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
        if (waiting_.remove(r) || held_.remove(r)) {
            give_up(r, why.with(error::nothing_sent));
            run_completions_later();
        }
    } else if (r.at == request::stage::reading) {
        if (unread_.remove(r) || asking_.remove(r) || ordered_.remove(r)) {
            give_up(r, may_last(r) ? why.with(error::in_doubt) : std::move(why)); // it was done, but who knows that?
            run_completions_later();
        }
    } else if (r.at == request::stage::sent && r.abandoned == request::abandonment::none) {
        r.abandoned = request::abandonment::due;
        r.outcome = may_last(r) ? why.with(error::in_doubt) : std::move(why);
        abandoning_ = giving_up_ = true;
        ++given_up_;
        consider_cancelling(); // before anything can be sent behind it
        run_completions_later();
    }
}

transaction_status session::status() const noexcept {
    if (closed_) {
        return transaction_status::unknown;
    }
    if (!expected_.empty() || !waiting_.empty()) {
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
    --load_;
    completed_.push_back(r);
}

/// Handlers may do anything: start new requests, drop the connection, throw.
[[gnu::always_inline]] inline void session::run_completions() {
    struct scope {
        session& self;
        detail::bound_executor::handling here{self.where()};
        bool outer;
        bool all_returned = false;
        explicit scope(session& s) : self(s), outer(std::exchange(s.in_completions_, true)) {}
        ~scope() {
            self.in_completions_ = outer;
            if (!all_returned) {
                self.run_completions_later(); // one threw: the others, and what follows them, have their turn all the same
            }
        }
    } running(*this);
    if (PQclientEncoding(libpq_) != encoding_) [[unlikely]] {
        refuse_encoding();
    }
    if (has_observer_ || abandoning_ || giving_up_ || reading_rows_) [[unlikely]] {
        notify_others();
    }
    while (request* r = completed_.pop_front()) {
        r->finish();
    }
    running.all_returned = true;
}

void session::run_completions_later() {
    if (std::exchange(completions_posted_, true)) {
        return;
    }
    asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                   s.completions_posted_ = false;
                   s.run_completions();
                   if (!s.closed_) {
                       s.pump();
                   }
               }));
}

/// To what concerns others than those whose requests are complete.
[[gnu::noinline]] void session::notify_others() {
    if (observer_) {
        tell_observer();
    }
    if (giving_up_) {
        go_on_giving_up();
    }
    if (abandoning_) {
        tell_abandoned();
    }
    if (reading_rows_) {
        hold_back();
    }
}

void session::tell_abandoned() {
    // Each handler may change the list: start anew after each. One may throw, too: the others are told all the same, later.
    for (request* r = in_flight_.front(); r;) {
        if (r->abandoned == request::abandonment::due) {
            r->abandoned = request::abandonment::done;
            r->abandon();
            r = in_flight_.front();
        } else {
            r = r->next;
        }
    }
    abandoning_ = false;
}

} // namespace pgcoro::wire
