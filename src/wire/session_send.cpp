// SPDX-License-Identifier: BSL-1.0
// The sending half of the engine: requests become libpq commands, each request ends with a Sync of its own.
#include "wire/server_error.hpp"
#include "wire/session.hpp"
#include "wire/session_handler.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <span>

namespace pgcoro::wire {
namespace {

constexpr int binary_format = 1;
// Beyond this much, bytes go to the socket even if more requests are waiting to join them.
constexpr std::size_t flush_threshold = 64 * 1024;

#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
constexpr bool sync_flushes = false;
#else
constexpr bool sync_flushes = true;
#endif

// So many requests in a row, each finding the session idle, and it is taken for one coroutine's own.
constexpr unsigned long_alone = 16;

} // namespace

bool session::may_send() const noexcept {
    return !closed_ && !blocked_ && !alone_ && held_.empty() && (sending_ || in_flight_count_ < options_.most_in_flight);
}

void session::pump() {
    while (may_send() && send_next()) {
    }
    if (closed_) {
        return;
    }
    if (unflushed_ != 0) {
        flush();
    }
    if (!expected_.empty()) {
        wait_readable();
    }
}

// Where a Sync does not flush, requests that become ready in the same turn of the loop share one flush at its end.
void session::pump_later() {
    if (!std::exchange(pump_posted_, true)) {
        boost::asio::post(executor(), session_handler(shared_from_this(), [](session& s) {
                              s.pump_posted_ = false;
                              if (!s.in_completions_ && !s.closed_) {
                                  s.pump();
                              }
                          }));
    }
}

/// Sends one request, or as much of it as the socket takes. False if there is nothing more to send now.
bool session::send_next() {
    if (!sending_ && !begin_next()) {
        return false;
    }
    request& r = *sending_;
    if (may_go_alone()) {
        if (prepared_statement* s = find_prepared(r, 0); !s || s->where == prepared_statement::state::ready) {
            if (!send_alone(r, s)) {
                lose(libpq_error(libpq()));
            }
            return false;
        }
    }
    bool sent = pipelined_ || set_pipelined(true);
    for (const std::size_t steps = r.steps(); sent && next_step_ < steps; ++next_step_) {
        if (blocked_) {
            return false;
        }
        if (next_step_ != 0 && in_flight_.front() == &r && head_error_) {
            break; // the server skips the rest anyway
        }
        sent = send_step(r, next_step_);
        if (unflushed_ > flush_threshold) {
            flush();
        }
    }
    if (!sent || !send_sync()) {
        lose(libpq_error(libpq()));
        return false;
    }
    sending_ = nullptr;
    if (sync_flushes || unflushed_ > flush_threshold) {
        flush();
    }
    return true;
}

bool session::begin_next() {
    if (waiting_.empty()) {
        return false;
    }
    if (cache_.unneeded() != 0) {
        if (must_drain_before_closes()) {
            return false;
        }
        if ((!pipelined_ && !set_pipelined(true)) || !send_closes()) {
            lose(libpq_error(libpq()));
            return false;
        }
    }
    if (expected_.empty()) {
        in_transaction_ = PQtransactionStatus(libpq()) != PQTRANS_IDLE;
    }
    sending_ = waiting_.pop_front();
    sending_->at = request::stage::sent;
    in_flight_.push_back(*sending_);
    ++in_flight_count_;
    next_step_ = 0;
    return true;
}

/// A request that can travel outside of pipeline mode, if no Parse has to go before it.
bool session::may_go_alone() const noexcept {
    return alone_streak_ >= long_alone && expected_.empty() && waiting_.empty() && next_step_ == 0 && sending_->steps() == 1;
}

bool session::send_alone(const request& r, prepared_statement* s) {
    sending_ = nullptr;
    alone_ = true;
    if ((pipelined_ && !set_pipelined(false)) || !send_execute(s, r, 0, command::alone)) {
        return false;
    }
    flush();
    return true;
}

// Costs no round trip; refused while something is in flight.
bool session::set_pipelined(bool on) noexcept {
    pipelined_ = on;
    return (on ? PQenterPipelineMode(libpq()) : PQexitPipelineMode(libpq())) == 1;
}

/// The cache's entry for a statement, or null if it is to be sent unnamed.
prepared_statement* session::find_prepared(const request& r, std::size_t step) {
    const auto& text = r.text(step);
    if (!text.is_static() || options_.prepare == prepare_policy::unnamed) {
        return nullptr;
    }
    const auto& values = r.values(step);
    return &cache_.use(text.view(), std::span(values.oids(), values.size()));
}

bool session::send_step(const request& r, std::size_t step) {
    prepared_statement* const s = find_prepared(r, step);
    if (s && s->where == prepared_statement::state::absent && !send_parse(*s, r, step)) {
        return false;
    }
    return send_execute(s, r, step, command::execute);
}

// Nobody waits for the answer: what needs the statement travels right behind.
bool session::send_parse(prepared_statement& s, const request& r, std::size_t step) {
    const auto& text = r.text(step);
    const auto& values = r.values(step);
    unflushed_ += text.size() + 64;
    s.where = prepared_statement::state::pending;
    ++s.in_flight;
    expected_.push(command::prepare, &s);
    return PQsendPrepare(libpq(), s.name.c_str(), text.data(), static_cast<int>(values.size()), values.oids()) == 1;
}

bool session::send_execute(prepared_statement* s, const request& r, std::size_t step, command kind) {
    const auto& values = r.values(step);
    const std::size_t count = values.size();
    std::array<const char*, 16> few;
    const char** pointers = few.data();
    if (count > few.size()) {
        pointers_.resize(count);
        pointers = pointers_.data();
    }
    for (std::size_t i = 0; i < count; ++i) {
        pointers[i] = values.value(i);
    }
    const int n = static_cast<int>(count); // at most parameters::max_count
    unflushed_ += values.byte_size() + 8 * count + 64;
    expected_.push(kind, s);
    if (s) {
        ++s->in_flight;
        return PQsendQueryPrepared(libpq(), s->name.c_str(), n, pointers, values.lengths(), values.formats(), binary_format) ==
               1;
    }
    const auto& text = r.text(step);
    unflushed_ += text.size();
    return PQsendQueryParams(libpq(), text.data(), n, values.oids(), pointers, values.lengths(), values.formats(),
                             binary_format) == 1;
}

bool session::send_sync() {
    expected_.push(command::sync);
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    unflushed_ += 8;
    return PQsendPipelineSync(libpq()) == 1;
#else
    return PQpipelineSync(libpq()) == 1;
#endif
}

#ifdef LIBPQ_HAS_CLOSE_PREPARED

bool session::must_drain_before_closes() const noexcept { return false; }

/// Tells the server to forget evicted statements. Close is refused in no state and no error for an unknown name, so that it may
/// join the next request.
bool session::send_closes() {
    while (cache_.unneeded() != 0) {
        expected_.push(command::close);
        if (PQsendClosePrepared(libpq(), cache_.take_unneeded().c_str()) != 1) {
            return false;
        }
    }
    return true;
}

#else

// DEALLOCATE can fail, and would take a transaction with it: it is sent only when the session is known to be idle. One that is
// never idle is made so once this many are due.
constexpr std::size_t most_unneeded = 64;

bool session::must_drain_before_closes() const noexcept { return cache_.unneeded() > most_unneeded && !expected_.empty(); }

bool session::send_closes() {
    if (!expected_.empty() || PQtransactionStatus(libpq()) != PQTRANS_IDLE) {
        return true;
    }
    while (cache_.unneeded() != 0) {
        const std::string sql = "deallocate " + cache_.take_unneeded();
        // Each with its own Sync: the user may have deallocated one of them already.
        expected_.push(command::close);
        expected_.push(command::close_sync);
        if (PQsendQueryParams(libpq(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary_format) != 1 ||
            PQpipelineSync(libpq()) != 1) {
            return false;
        }
    }
    return true;
}

#endif

void session::flush() {
    unflushed_ = 0;
    const int outcome = PQflush(libpq());
    if (outcome < 0) {
        lose(libpq_error(libpq()));
        return;
    }
    blocked_ = outcome == 1;
    if (blocked_) {
        // The server may be unable to read because it is busy writing: without reading now, both would wait for ever.
        wait_writable();
        wait_readable();
    }
}

} // namespace pgcoro::wire
