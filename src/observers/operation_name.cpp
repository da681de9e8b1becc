// SPDX-License-Identifier: BSL-1.0
#include "observers/operation_name.hpp"

#include "statement/sql_command.hpp"

#include <pgcoro/statement_event.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace pgcoro::detail {
namespace {

constexpr std::string_view batch_prefix = "BATCH ";

// Sorted. A command and the name of a batch of it are the same text.
constexpr std::array<std::string_view, 53> commands = {
    "BATCH ABORT",   "BATCH ALTER",   "BATCH ANALYZE", "BATCH BEGIN",    "BATCH CALL",      "BATCH CHECKPOINT", "BATCH CLOSE",
    "BATCH CLUSTER", "BATCH COMMENT", "BATCH COMMIT",  "BATCH COPY",     "BATCH CREATE",    "BATCH DEALLOCATE", "BATCH DECLARE",
    "BATCH DELETE",  "BATCH DISCARD", "BATCH DO",      "BATCH DROP",     "BATCH END",       "BATCH EXECUTE",    "BATCH EXPLAIN",
    "BATCH FETCH",   "BATCH GRANT",   "BATCH IMPORT",  "BATCH INSERT",   "BATCH LISTEN",    "BATCH LOAD",       "BATCH LOCK",
    "BATCH MERGE",   "BATCH MOVE",    "BATCH NOTIFY",  "BATCH PREPARE",  "BATCH REASSIGN",  "BATCH REFRESH",    "BATCH REINDEX",
    "BATCH RELEASE", "BATCH RESET",   "BATCH REVOKE",  "BATCH ROLLBACK", "BATCH SAVEPOINT", "BATCH SECURITY",   "BATCH SELECT",
    "BATCH SET",     "BATCH SHOW",    "BATCH START",   "BATCH TABLE",    "BATCH TRUNCATE",  "BATCH UNLISTEN",   "BATCH UPDATE",
    "BATCH VACUUM",  "BATCH VALUES",  "BATCH WITH",    "BATCH OTHER",
};
constexpr auto known_end = commands.end() - 1; // before OTHER
static_assert(std::is_sorted(commands.begin(), known_end));

constexpr std::string_view name_of(std::string_view entry) noexcept { return entry.substr(batch_prefix.size()); }

constexpr char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool less(std::string_view name, std::string_view word) noexcept {
    return std::lexicographical_compare(name.begin(), name.end(), word.begin(), word.end(),
                                        [](char a, char b) { return upper(a) < upper(b); });
}

} // namespace

std::string_view command_of(std::string_view sql) noexcept {
    const std::string_view word = first_word(sql);
    const auto* const found = std::lower_bound(
        commands.begin(), known_end, word, [](std::string_view entry, std::string_view w) { return less(name_of(entry), w); });
    return name_of(found != known_end && !less(word, name_of(*found)) ? *found : commands.back());
}

std::string_view batch_of(std::string_view command) noexcept {
    return {command.data() - batch_prefix.size(), command.size() + batch_prefix.size()};
}

std::string_view operation_name(const statement_event& e) noexcept {
    switch (e.kind()) {
    case call_kind::ping: return "PING";
    case call_kind::script: return "SCRIPT";
    default: break;
    }
    const std::size_t statements = e.statements();
    if (e.kind() == call_kind::cursor && statements > 1) {
        return command_of(e.sql(statements - 1)); // DECLARE travels with the first FETCH
    }
    const std::string_view first = command_of(e.sql());
    if (e.kind() == call_kind::execute_many) {
        return statements == 1 ? first : batch_of(first);
    }
    if (e.kind() != call_kind::batch || statements == 1) {
        return first;
    }
    for (std::size_t i = 1; i < statements; ++i) {
        if (command_of(e.sql(i)).data() != first.data()) {
            return "BATCH";
        }
    }
    return batch_of(first);
}

bool returns_rows(call_kind kind, std::string_view operation) noexcept {
    switch (kind) {
    case call_kind::fetch:
    case call_kind::stream:
    case call_kind::copy_out: return true;
    case call_kind::cursor: return operation == "FETCH";
    default: return false;
    }
}

} // namespace pgcoro::detail
