// SPDX-License-Identifier: BSL-1.0
// What a server says unasked: that text has another encoding, that it has become another kind of server, notifications.
#include "libpq/server_error.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <string_view>

namespace pgcoro::wire {
namespace {

bool is_on(const char* value) noexcept { return value && std::string_view(value) == "on"; }
bool is_off(const char* value) noexcept { return value && std::string_view(value) == "off"; }

} // namespace

/// Text that came or went since is not what it seems: nobody gets to see it, and nothing more is sent.
void session::refuse_encoding() {
    if (gate_.closed || PQstatus(libpq()) == CONNECTION_BAD) {
        return;
    }
    const error why =
        error(errc::connection_lost, "the connection was closed because a statement changed client_encoding: text "
                                     "is always UTF-8")
            .with(error::lost);
    for (auto* const list : {&queues_.completed, &rows_.ordered}) {
        request_list doubtful;
        doubtful.append(*list);
        while (request* const r = doubtful.pop_front()) {
            if (!r->outcome) {
                r->outcome = unanswered(*r, why);
            }
            queues_.unfinished -= r->at == request::stage::reading ? 1 : 0;
            r->at = request::stage::over;
            list->push_back(*r);
        }
    }
    lose(why);
}

/// Now and again, and after each read once a LISTEN was seen or if there is a hook: notifications would add up in libpq.
void session::look_around() noexcept {
    server_.until_look = server_.look_period;
    if (gate_.closed) {
        return;
    }
    take_notifications();
    if (lane_.observer && !lane_.retiring && !is_as_wanted()) {
        retire();
    }
}

/// Gives what libpq has to the user's hook, or drops it. The hook may close the connection all the same.
void session::take_notifications() noexcept {
    const auto& hook = made_.on_notification;
    while (PGnotify* const n = gate_.closed ? nullptr : PQnotifies(libpq())) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> owned(n, &PQfreemem);
        if (!hook) {
            continue;
        }
        try {
            hook({n->relname, n->extra, n->be_pid});
        } catch (...) {
            // It has to come out of the loop, not out of the engine.
            boost::asio::post(where().executor(), [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
        }
    }
}

/// Whether the server is still what `target_session_attrs` asked for, as far as it has said. It says so with its answers.
bool session::is_as_wanted() const noexcept {
    if (made_.wanted == session_attrs::any || gate_.closed) {
        return true;
    }
    const char* const recovery = PQparameterStatus(libpq(), "in_hot_standby");
    const char* const read_only = PQparameterStatus(libpq(), "default_transaction_read_only");
    switch (made_.wanted) {
    case session_attrs::read_write: return !is_on(recovery) && !is_on(read_only) && !server_.refuses_writes;
    case session_attrs::read_only: return !is_off(recovery) || !is_off(read_only);
    case session_attrs::primary: return !is_on(recovery) && (!server_.refuses_writes || is_on(read_only));
    case session_attrs::standby:
    case session_attrs::prefer_standby: return !is_off(recovery);
    case session_attrs::any: break;
    }
    return true;
}

} // namespace pgcoro::wire
