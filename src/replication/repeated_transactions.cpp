// SPDX-License-Identifier: BSL-1.0
#include "replication/repeated_transactions.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace pgcoro::replication {

lsn repeated_transactions::end_of(const event& e) noexcept {
    return std::visit(
        []<class Event>(const Event& of) {
            if constexpr (std::is_same_v<Event, commit> || std::is_same_v<Event, prepare> ||
                          std::is_same_v<Event, stream_commit> || std::is_same_v<Event, commit_prepared> ||
                          std::is_same_v<Event, rollback_prepared>) {
                return of.end;
            } else {
                return lsn();
            }
        },
        e);
}

bool repeated_transactions::is_new(event& e) {
    if (const auto* b = std::get_if<begin>(&e)) {
        is_repeated_ = b->commit < complete_;
    } else if (const auto* p = std::get_if<begin_prepare>(&e)) {
        is_repeated_ = is_late(p->end) ? is_repeated(p->id.value) : was_complete(p->end);
    } else if (const auto* s = std::get_if<stream_start>(&e)) {
        is_repeated_ = is_repeated(s->id.value);
    } else if (const auto* a = std::get_if<stream_abort>(&e)) {
        return !is_repeated(a->id.value);
    } else if (std::holds_alternative<stream_stop>(e)) {
        return !std::exchange(is_repeated_, false);
    } else if (const auto* m = std::get_if<message>(&e); m && !m->is_transactional) {
        return true; // it belongs to none
    } else if (const lsn end = end_of(e); end != lsn()) {
        return is_new_end(e, end);
    }
    return !is_repeated_;
}

bool repeated_transactions::is_new_end(event& e, lsn end) {
    std::optional<xid> streamed;
    const auto* const p = std::get_if<prepare>(&e);
    if (const auto* c = std::get_if<stream_commit>(&e)) {
        streamed = c->id;
    } else if (p && p->was_streamed) {
        streamed = p->id;
    }
    const bool is_late_prepare = p && is_late(end);
    const bool was_handed_over = is_late_prepare ? is_repeated(p->id.value) : was_complete(end);
    if (std::exchange(is_repeated_, false) || was_handed_over) {
        if (!streamed || is_repeated(streamed->value)) {
            return false;
        }
        e = stream_abort{*streamed, *streamed};
        return true;
    }
    complete_ = std::max(complete_, end);
    if (is_late_prepare) {
        known_[p->id.value] = lsn(std::numeric_limits<std::uint64_t>::max()); // until its commit comes
    } else if (streamed) {
        known_[streamed->value] = end;
    } else if (const auto* c = std::get_if<commit_prepared>(&e)) {
        if (const auto known = known_.find(c->id.value); known != known_.end()) {
            known->second = end;
        }
    }
    return true;
}

void repeated_transactions::confirmed(lsn flushed) {
    std::erase_if(known_, [flushed](const auto& known) { return known.second <= flushed; });
}

} // namespace pgcoro::replication
