// SPDX-License-Identifier: BSL-1.0
// Waiting: for the socket, in both directions, and for the clock.
#include "libpq/server_error.hpp"
#include "wire/lane_observer.hpp"
#include "wire/session_inline.hpp"

namespace pgcoro::wire {

void session::wait_writable() {
    if (!std::exchange(io_.writing, true)) {
        wait_begins();
        io_.socket.async_wait(socket::direction::write,
                              socket_handler<&session::on_writable>(*this, io_.write_memory, io_.registration));
    }
}

void session::wait_was_dropped() noexcept {
    drop_all();
    wait_is_over();
}

void session::on_writable() {
    io_.writing = false;
    flush();
    if (!gate_.blocked && !gate_.closed) {
        io_.wakes_for_writing = true;
        const bool is_copying = stream_.open && stream_.at == decltype(stream_.at)::copy_in;
        if (!is_copying) { // it waits again and again: end_simple does this once
            reregister();
        }
    }
    if (lane_.observer && !gate_.blocked) {
        lane_.observer->on_progress();
    }
    if (notify_.streaming) {
        move_stream();
    }
    pump();
    if (notify_.giving_up && !gate_.closed) {
        go_on_giving_up(); // all of it may be sent by now
    }
}

template void session::on_socket<&session::on_writable>(unsigned);

bool session::probe() {
    // A server that talks without end is told from one that has said goodbye when somebody reads in earnest.
    for (int reads = 0; reads < 16 && !gate_.closed && expected_.empty() && io_.socket.is_readable(); ++reads) {
        if (!consume()) {
            lose(libpq_error(libpq()));
        } else {
            look_around();                        // notifications
            static_cast<void>(PQisBusy(libpq())); // what came is read here; a FATAL of an idle session is a notice for libpq
            if (made_.notices && made_.notices->fatal()) {
                lose(*made_.notices->fatal()); // the end of the socket may take a while to follow
            }
        }
    }
    return !gate_.closed;
}

// Once the reactor has been asked about writability, it wakes up for it ever after, until the descriptor is registered anew.
void session::reregister() {
    ++io_.registration;
    io_.reading = io_.writing = io_.wakes_for_writing = false;
    if (const auto failed = io_.socket.reregister()) {
        lose(error(failed));
    }
}

void session::watch_deadline(clock::time_point when) { timer_.watch<&session::on_deadline>(*this, when); }

/// Of a stream, the deadline may have been that of one who waits for what comes next.
void session::on_expired(request& r, clock::time_point now) {
    if (r.is_stream && !static_cast<detail::stream_request&>(r).is_overdue(now)) {
        if (r.expires != clock::time_point::max()) {
            watch_deadline(r.expires);
        }
    } else {
        cancel(r, errc::timed_out);
    }
}

void session::on_deadline() {
    if (gate_.closed) {
        return;
    }
    const auto now = clock::now();
    if (cancelling_.step_ends() <= now) {
        on_step_overdue();
    }
    if (io_.ready.due <= now) {
        probe_for_ready();
    }
    on_copy_deadline(now);
    auto next = std::min({cancelling_.step_ends(), io_.ready.due, stream_.suspected_from, stream_.ask_from});
    for (auto* const list :
         {&queues_.waiting, &retry_.held, &queues_.in_flight, &resolution_.unread, &resolution_.asking, &rows_.ordered}) {
        next = std::min(next, list->expire(now, [&](request& r) { on_expired(r, now); }));
    }
    if (next != clock::time_point::max()) {
        watch_deadline(next);
    }
}

} // namespace pgcoro::wire
