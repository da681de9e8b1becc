// SPDX-License-Identifier: BSL-1.0
#include "wire/statement_cache.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::wire {

statement_cache::statement_cache(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

prepared_statement& statement_cache::find(std::string_view text, std::span<const unsigned> types) {
    const auto [first, last] = statements_.equal_range(text);
    for (auto at = first; at != last; ++at) {
        if (std::ranges::equal(at->second->types, types)) {
            return *at->second;
        }
    }
    while (statements_.size() >= capacity_ && evict_one()) {
    }
    auto made = std::make_unique<prepared_statement>();
    made->text = text;
    made->types.assign(types.begin(), types.end());
    name(*made);
    const std::string_view key = made->text;
    return *statements_.emplace(key, std::move(made))->second;
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
    for (auto& r : recent_) {
        r.statement = r.statement == oldest->second.get() ? nullptr : r.statement;
    }
    if (oldest->second->where != prepared_statement::state::absent) {
        unneeded_.push_back(std::move(oldest->second->name));
    }
    statements_.erase(oldest);
    return true;
}

void statement_cache::renew(prepared_statement& s) {
    if (s.where != prepared_statement::state::absent) {
        unneeded_.push_back(std::move(s.name));
        s.where = prepared_statement::state::absent;
        name(s);
    }
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

void statement_cache::name(prepared_statement& s) { s.name = "pgcoro_" + std::to_string(++names_); }

} // namespace pgcoro::wire
