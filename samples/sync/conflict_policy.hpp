// SPDX-License-Identifier: BSL-1.0
// What happens to a change that does not fit the rows of the target: somebody else has written there, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace data_sync {

enum class conflict_policy {
    error,     ///< the target stops
    skip,      ///< the target keeps what it has
    overwrite, ///< the row becomes that of the source
};

enum class change_kind { insert, update, remove, truncate };

enum class conflict {
    exists,  ///< a row to insert is there already
    missing, ///< a row to update or to delete is not there
};

/// Nothing for a word that is none of "error", "skip", "overwrite".
std::optional<conflict_policy> parse_conflict_policy(std::string_view word) noexcept;

/// "insert into", "update of", ...
std::string_view name_of(change_kind kind) noexcept;

/// The conflict that the answer to a statement of <apply_statements.hpp> tells: the number of rows in its command tag.
/// `inserts_missing`: it is `apply_statement::inserts_missing`. Without a policy for conflicts, a row that exists is not told
/// like this: the server reports a unique violation.
std::optional<conflict> find_conflict(change_kind kind, bool inserts_missing, std::uint64_t rows) noexcept;

/// Whether the target stops: the policy says so, or the statement could not do what it says.
bool is_fatal(conflict_policy policy, change_kind kind, bool inserts_missing) noexcept;

} // namespace data_sync
