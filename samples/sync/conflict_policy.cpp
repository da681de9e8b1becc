// SPDX-License-Identifier: BSL-1.0
#include "conflict_policy.hpp"

namespace data_sync {

std::optional<conflict_policy> parse_conflict_policy(std::string_view word) noexcept {
    if (word == "error") {
        return conflict_policy::error;
    }
    if (word == "skip") {
        return conflict_policy::skip;
    }
    return word == "overwrite" ? std::optional(conflict_policy::overwrite) : std::nullopt;
}

std::string_view name_of(change_kind kind) noexcept {
    switch (kind) {
    case change_kind::insert: return "insert into";
    case change_kind::update: return "update of";
    case change_kind::remove: return "delete from";
    case change_kind::truncate: return "truncate of";
    }
    return "change of";
}

std::optional<conflict> find_conflict(change_kind kind, bool inserts_missing, std::uint64_t rows) noexcept {
    switch (kind) {
    case change_kind::insert: return rows == 0 ? std::optional(conflict::exists) : std::nullopt;
    case change_kind::update: return (rows == 0) != inserts_missing ? std::optional(conflict::missing) : std::nullopt;
    case change_kind::remove: return rows == 0 ? std::optional(conflict::missing) : std::nullopt;
    case change_kind::truncate: break;
    }
    return std::nullopt;
}

bool is_fatal(conflict_policy policy, change_kind kind, bool inserts_missing) noexcept {
    const bool cannot_overwrite = kind == change_kind::update && !inserts_missing; // a value was not sent
    return policy == conflict_policy::error || (policy == conflict_policy::overwrite && cannot_overwrite);
}

} // namespace data_sync
