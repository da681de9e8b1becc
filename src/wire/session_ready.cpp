// SPDX-License-Identifier: BSL-1.0
// A server that has answered a statement and does not say that it is ready.
//
// Most often the implicit transaction takes long to commit: a deferred constraint, a synchronous standby. But if a line without
// TLS garbles the length of ReadyForQuery, libpq waits for bytes that never come. From outside of libpq, both look alike. libpq
// believes no length above 30,000 of a message that has no business to be that long, and closes the connection. A shorter one
// is satisfied by the answer to one more statement; what is left of that answer is no message, and ends the connection, too.
#include "wire/session.hpp"

#include <pgcoro/detail/saturating.hpp>

namespace pgcoro::wire {
namespace {

constexpr std::chrono::seconds patience(5);
constexpr const char* long_answer = "select pg_catalog.repeat('x', 32768)";

bool is_sync(command kind) noexcept { return kind == command::sync || kind == command::our_sync; }

} // namespace

/// libpq waits for more bytes. If only ReadyForQuery is missing, it gets them after a while.
[[gnu::noinline]] void session::expect_ready() {
    if (io_.ready.at == ready_probe::state::none && is_sync(expected_.front().kind)) {
        io_.ready.at = ready_probe::state::due;
        io_.ready.due = detail::from_now(patience);
        watch_deadline(io_.ready.due);
    }
}

/// Once for each time that it is missing. What cannot be asked now will be asked after another while.
void session::probe_for_ready() {
    io_.ready.due = clock::time_point::max();
    io_.ready.at = ready_probe::state::none;
    if (expected_.empty() || !is_sync(expected_.front().kind)) {
        return;
    }
    if (sending_.current || gate_.blocked) {
        expect_ready();
        return;
    }
    io_.ready.at = ready_probe::state::sent;
    if (!send_ours(long_answer, command::ours)) {
        sending_failed();
        return;
    }
    flush();
}

} // namespace pgcoro::wire
