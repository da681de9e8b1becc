// SPDX-License-Identifier: BSL-1.0
#include "statement/statement_cache.hpp"

#include "statement/statement_name.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::wire {

statement_cache::statement_cache(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

prepared_statement* statement_cache::find(std::string_view text, std::span<const unsigned> types) {
    const auto [first, last] = statements_.equal_range(text);
    for (auto at = first; at != last; ++at) {
        if (std::ranges::equal(at->second->types, types)) {
            return at->second->where == prepared_statement::state::unnamed ? nullptr : at->second.get();
        }
    }
    if (!evicts_ && statements_.size() >= capacity_) {
        return nullptr;
    }
    while (statements_.size() >= capacity_ && evict_one()) {
    }
    auto made = std::make_unique<prepared_statement>();
    made->text = text;
    made->types.assign(types.begin(), types.end());
    made->name.reserve(name_size);
    const std::string_view key = made->text;
    return statements_.emplace(key, std::move(made))->second.get();
}

/// False if all are in use: the capacity is exceeded for a while rather than that anybody waits.
bool statement_cache::evict_one() {
    auto oldest = statements_.end();
    for (auto at = statements_.begin(); at != statements_.end(); ++at) {
        if (at->second->in_flight == 0 && (oldest == statements_.end() || at->second->last_used < oldest->second->last_used)) {
            oldest = at;
        }
    }
    if (oldest == statements_.end()) {
        return false;
    }
    forget_recent(*oldest->second);
    if (oldest->second->where == prepared_statement::state::ready) {
        unneeded_.push_back(std::move(oldest->second->name));
    }
    statements_.erase(oldest);
    return true;
}

void statement_cache::forget_recent(const prepared_statement& s) noexcept {
    for (auto& r : recent_) {
        r.statement = r.statement == &s ? nullptr : r.statement;
    }
}

bool statement_cache::name(prepared_statement& s, std::string_view settings) {
    s.name.assign(name_of({s.text, s.types, settings, s.generation})); // into the memory it has
    const auto known = std::ranges::find(unneeded_, s.name);
    if (known == unneeded_.end()) {
        return false;
    }
    unneeded_.erase(known);
    s.where = prepared_statement::state::ready;
    return true;
}

void statement_cache::parsed(prepared_statement& s) {
    s.where = prepared_statement::state::ready;
    s.parse_failure = {};
    if (std::exchange(s.is_outdated, false)) {
        outdate(s);
    }
}

void statement_cache::not_parsed(prepared_statement& s, const error& why) {
    s.where = prepared_statement::state::absent;
    s.parse_failure = why;
    s.is_outdated = false;
}

/// The server keeps its name for nothing, and what is known of its columns may not be true any more.
void statement_cache::outdate(prepared_statement& s) {
    unneeded_.push_back(std::move(s.name));
    s.where = prepared_statement::state::absent;
    s.is_described = false;
    s.formats = {0, 1, 1};
}

void statement_cache::renew_all() {
    for (auto& [text, s] : statements_) {
        if (s->where == prepared_statement::state::ready) {
            outdate(*s);
        } else if (s->where == prepared_statement::state::pending) {
            s->is_outdated = true;
        }
    }
}

void statement_cache::renew(prepared_statement& s) {
    if (s.where == prepared_statement::state::ready) {
        outdate(s);
        // One that goes stale again and again is shared with somebody who has other types or schemas.
        constexpr unsigned last_generation = 16;
        const bool has_more = ++s.generation < last_generation;
        s.where = has_more ? prepared_statement::state::absent : prepared_statement::state::unnamed;
        forget_recent(s); // it may have no name any more
    }
}

void statement_cache::give_up_name(prepared_statement& s) {
    renew(s);
    s.where = prepared_statement::state::unnamed;
    forget_recent(s);
}

void statement_cache::forget_all() {
    unneeded_.clear();
    for (auto& [text, s] : statements_) {
        if (s->where == prepared_statement::state::ready) {
            s->where = prepared_statement::state::absent;
        }
    }
}

std::string statement_cache::take_unneeded() {
    std::string last = std::move(unneeded_.back());
    unneeded_.pop_back();
    return last;
}

} // namespace pgcoro::wire
