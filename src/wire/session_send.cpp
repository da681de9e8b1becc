// SPDX-License-Identifier: BSL-1.0
// The sending half of the engine: requests become libpq commands, each request ends with a Sync of its own.
#include "base/loop_handler.hpp"
#include "libpq/server_error.hpp"
#include "statement/statement_name.hpp"
#include "wire/session_inline.hpp"

#include <pgcoro/detail/big_endian.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace pgcoro::wire {
namespace {

// So many requests in a row, each finding the session idle, and it is taken for one coroutine's own.
constexpr unsigned long_streak = 16;

/// The cache's entry of the step before, which most rows of `execute_many` share.
struct found_statement {
    const detail::statement_text* text = nullptr;
    const parameters* values = nullptr;
    prepared_statement* statement = nullptr;

    bool is_same(const request& r, const detail::statement_text& next, const parameters& next_values) const noexcept {
        return text == &next &&
               (r.is_uniform || (values->size() == next_values.size() &&
                                 std::equal(values->oids(), values->oids() + values->size(), next_values.oids())));
    }
};

} // namespace

[[gnu::always_inline]] inline bool session::may_send() const noexcept {
    // What was begun is brought to its end even if something before it is held.
    return !gate_.closed && !gate_.blocked && !gate_.exclusive &&
           (sending_.current || (retry_.held.empty() && queues_.in_flight_count < queues_.window));
}

[[gnu::hot]] void session::pump() {
    sending_.now = {};
    while (may_send() && send_next()) {
    }
    // If the session is over by now, nothing is unflushed or expected.
    if (sending_.unflushed != 0) {
        flush();
    }
    if (!expected_.empty() || lane_.observer) {
        wait_readable();
    }
}

// Where a Sync does not flush, requests that become ready in the same turn of the loop share one flush at its end.
void session::pump_later() {
    if (!std::exchange(queues_.pump_posted, true)) {
        boost::asio::post(where().executor(), loop_handler(shared_from_this(), [](session& s) {
                              s.queues_.pump_posted = false;
                              if (!s.queues_.in_completions && !s.gate_.closed) {
                                  s.pump();
                              }
                          }));
    }
}

/// Sends one request, or as much of it as the socket takes. False if there is nothing more to send now.
[[gnu::always_inline]] inline bool session::send_next() {
    if (!sending_.current && !begin_next()) {
        return false;
    }
    const request& r = *sending_.current;
    bool sent = true;
    if (sending_.next_step == 0 && r.is_single()) [[likely]] {
        const auto& text = r.single_text();
        const auto& values = r.single_values();
        prepared_statement* const s = find_prepared(r, text, values);
        if (r.tells_sending) [[unlikely]] {
            if (r.notes_sending) {
                note_sent(*sending_.current);
            } else {
                on_special_sent(*sending_.current, s == nullptr);
            }
        }
        if (may_go_exclusively() && (!s || s->where == prepared_statement::state::ready)) {
            if (!send_exclusively(s, text, values)) {
                sending_failed();
            }
            return false;
        }
        sent = (sending_.pipelined || set_pipelined(true)) && send_step(s, text, values);
    } else if (detail::is_simple(r)) {
        if (!send_simple()) {
            sending_failed();
        }
        return false;
    } else {
        sent = (sending_.pipelined || set_pipelined(true)) && send_steps(r);
    }
    if (sent && gate_.blocked) [[unlikely]] {
        return false;
    }
    if (!sent || !send_sync(command::sync)) {
        sending_failed();
        return false;
    }
    sending_.current = nullptr;
    if (sending_.unflushed > flush_threshold) {
        flush();
    }
    return true;
}

/// As many of the statements of a request as the socket takes.
bool session::send_steps(const request& r) {
    if (sending_.next_step == 0 && r.tells_sending && !r.is_stream) [[unlikely]] {
        on_special_sent(*sending_.current, false);
    }
    if (r.is_stream) [[unlikely]] {
        begin_stream();
    }
    found_statement before;
    for (const std::size_t steps = r.steps(); sending_.next_step < steps; ++sending_.next_step) {
        if (sending_.next_step != 0 && queues_.in_flight.front() == &r && head_.failure) {
            break; // the server skips the rest anyway
        }
        if (gate_.blocked) {
            return true;
        }
        const auto& text = r.text(sending_.next_step);
        const auto& values = r.values(sending_.next_step);
        if (!before.is_same(r, text, values)) {
            before = {&text, &values, find_prepared(r, text, values)};
        }
        if (!send_step(before.statement, text, values)) {
            return false;
        }
        if (sending_.unflushed > flush_threshold) {
            flush();
            before = {}; // what was read there may have ended it
        }
        if (gate_.closed) {
            return false;
        }
    }
    // What would be sent behind a stream waits for its end.
    gate_.exclusive = r.is_stream && !gate_.blocked;
    return true;
}

/// Takes on what waits first. False if nothing can be sent now.
[[gnu::always_inline]] inline bool session::begin_next() {
    if (queues_.waiting.empty() || ((cache_.unneeded() != 0 || queues_.waiting.front()->needs_care) && !clear_the_way())) {
        return false;
    }
    sending_.current = &queues_.waiting.take_front();
    sending_.current->at = request::stage::sent;
    queues_.in_flight.push_back(*sending_.current);
    ++queues_.in_flight_count;
    sending_.next_step = 0;
    return true;
}

/// Sends what has to go before the request that waits first. False if that cannot go now, or if the session is over.
[[gnu::noinline]] bool session::clear_the_way() {
    if ((queues_.waiting.front()->is_stream && !expected_.empty()) || must_drain_before_closes() ||
        (naming_.must_ask() && !ask_whose_session()) || front_waits_for_name() ||
        (queues_.waiting.front()->needs_care && !front_may_go())) {
        return false;
    }
    if (queues_.waiting.front()->scope) {
        note_settings(*queues_.waiting.front());
    }
    if (detail::is_simple(*queues_.waiting.front())) {
        // It begins when nothing is in flight, what has just been sent ahead of it included. A Close would stay unanswered, for
        // no Sync follows.
        return expected_.empty();
    }
    // Only now is it certain that a request, and so a Sync, follows.
    const bool sent = cache_.unneeded() == 0 || ((sending_.pipelined || set_pipelined(true)) && send_closes());
    if (!sent) {
        sending_failed();
    }
    return sent;
}

/// A request of one statement can travel outside of pipeline mode now, if no Parse has to go before it.
[[gnu::always_inline]] inline bool session::may_go_exclusively() const noexcept {
    return sending_.solo_streak >= long_streak && is_idle();
}

[[gnu::always_inline]] inline bool session::send_exclusively(prepared_statement* s, const statement_text& text,
                                                             const parameters& values) {
    sending_.current = nullptr;
    gate_.exclusive = true;
    if ((sending_.pipelined && !set_pipelined(false)) || !send_execute(s, text, values, command::exclusive)) {
        return false;
    }
    if (sending_.unflushed > sending_.always_taken) {
        flush();
    } else {
        sending_.unflushed = 0; // libpq has sent it
    }
    return true;
}

// Costs no round trip; refused while something is in flight.
bool session::set_pipelined(bool on) noexcept {
    sending_.pipelined = on;
    return (on ? PQenterPipelineMode(libpq()) : PQexitPipelineMode(libpq())) == 1;
}

/// Before the first statement that could have a name. False if the session is over.
[[gnu::noinline]] bool session::ask_whose_session() {
    if (queues_.waiting.front()->steps() == 0 || !queues_.waiting.front()->text(0).is_static()) {
        return true;
    }
    naming_.asked();
    if (const request& first = *queues_.waiting.front(); first.steps() == 1 && !first.needs_types) {
        // It will be prepared the next time. Made now, its entry, and what OpenSSL keeps of its first hash, do not lie in holes
        // that libpq's results would fill.
        static_cast<void>(cache_.use(first.text(0), std::span(first.values(0).oids(), first.values(0).size())));
        get_ready_to_name();
    }
    if ((!sending_.pipelined && !set_pipelined(true)) || !send_ours("select pg_catalog.pg_backend_pid()", command::whose)) {
        sending_failed();
    }
    return !gate_.closed;
}

/// The answer to the question whose session it is.
void session::on_backend_pid(const PGresult* result) {
    const bool is_number = PQntuples(result) == 1 && PQnfields(result) == 1 && PQgetlength(result, 0, 0) == 4;
    naming_.answered(is_number && static_cast<std::int32_t>(detail::load_big_endian<std::uint32_t>(
                                      reinterpret_cast<const std::byte*>(PQgetvalue(result, 0, 0)))) == server_.backend_pid);
}

/// One round trip more, the first time, is less than to have the server parse the same statement for every row.
bool session::front_waits_for_name() const noexcept {
    constexpr std::size_t many = 32;
    return queues_.waiting.front()->steps() > many && naming_.is_worth_waiting();
}

/// The settings that decide what a literal in a statement's text means when it is prepared, as the server reports them.
std::string session::literal_settings() const {
    std::string settings;
    for (const char* const name : {"standard_conforming_strings", "DateStyle", "IntervalStyle", "TimeZone"}) {
        const char* const value = PQparameterStatus(libpq(), name);
        settings.append(value ? value : "").push_back('\n');
    }
    // Not all that was set is reported, and it is this session's alone.
    settings += settings_.name_salt(server_.backend_pid);
    return settings;
}

[[gnu::always_inline]] inline bool session::send_step(prepared_statement* s, const statement_text& text,
                                                      const parameters& values) {
    if (s && s->where == prepared_statement::state::absent && !send_parse(*s, text, values)) {
        return false;
    }
    return send_execute(s, text, values, command::execute);
}

/// A statement of our own, without parameters.
bool session::send_text(const char* sql, command kind) {
    sending_.unflushed += 64;
    expected_.push(kind);
    return PQsendQueryParams(libpq(), sql, 0, nullptr, nullptr, nullptr, nullptr, binary_format) == 1;
}

// Nobody waits for the answer: what needs the statement travels right behind.
bool session::send_parse(prepared_statement& s, const statement_text& text, const parameters& values) {
    if (cache_.name(s, literal_settings())) {
        return true;
    }
    sending_.unflushed += text.size() + 64;
    s.where = prepared_statement::state::pending;
    ++s.in_flight;
    expected_.push(command::prepare, &s);
    return PQsendPrepare(libpq(), s.name.c_str(), text.data(), static_cast<int>(values.size()), values.oids()) == 1;
}

[[gnu::always_inline]] inline bool session::send_execute(prepared_statement* s, const statement_text& text,
                                                         const parameters& values, command kind) {
    const std::size_t count = values.size();
    std::array<const char*, 16> few;
    const char** pointers = few.data();
    if (count > few.size()) {
        sending_.pointers.resize(count);
        pointers = sending_.pointers.data();
    }
    for (std::size_t i = 0; i < count; ++i) {
        pointers[i] = values.value(i);
    }
    const int n = static_cast<int>(count); // at most parameters::max_count
    sending_.unflushed += values.byte_size() + 8 * count + 64;
    expected_.push(kind, s);
    if (s) {
        ++s->in_flight;
        return PQsendQueryPrepared(libpq(), s->name.c_str(), n, pointers, values.lengths(), values.formats(),
                                   s->formats[static_cast<std::size_t>(text.wanted())]) == 1;
    }
    sending_.unflushed += text.size();
    return PQsendQueryParams(libpq(), sending_.commented ? std::exchange(sending_.commented, nullptr) : text.data(), n,
                             values.oids(), pointers, values.lengths(), values.formats(), unnamed_format(text, values)) == 1;
}

[[gnu::always_inline]] inline bool session::send_sync(command kind) {
    expected_.push(kind);
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    sending_.unflushed += 8;
    return PQsendPipelineSync(libpq()) == 1;
#else
    return PQpipelineSync(libpq()) == 1;
#endif
}

/// A statement of the session's own, for which no request waits.
bool session::send_ours(const char* sql, command kind) { return send_text(sql, kind) && send_sync(command::our_sync); }

#ifdef LIBPQ_HAS_CLOSE_PREPARED

bool session::must_drain_before_closes() const noexcept { return false; }

/// Tells the server to forget evicted statements. Close is refused in no state and no error for an unknown name, so that it may
/// join the next request. It goes ahead of everything else there: what stands behind a statement that fails is skipped.
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
        if (!send_ours(sql.c_str(), command::close)) {
            return false;
        }
    }
    return true;
}

#endif

void session::flush() {
    sending_.unflushed = 0;
    const int outcome = PQflush(libpq());
    if (outcome < 0) {
        sending_failed();
        return;
    }
    gate_.blocked = outcome == 1;
    // When the socket takes no more, libpq reads: what it has read does not make the socket readable again.
    take_what_came();
    if (gate_.blocked && !gate_.closed) {
        // The server may be unable to read because it is busy writing: without reading now, both would wait forever.
        wait_writable();
        wait_readable();
    }
}

/// What the server had said before, its reason for ending the session above all, may lie in libpq's buffer.
void session::sending_failed() {
    if (!gate_.closed) {
        take_what_came();
        lose(libpq_error(libpq()));
    }
}

} // namespace pgcoro::wire
