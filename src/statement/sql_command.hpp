// SPDX-License-Identifier: BSL-1.0
// What the words of a statement say about its effects on the session and on the transaction. Everything that has to know asks
// here, so that no two parts of the driver read the same text differently.
#pragma once

#include <string_view>

namespace pgcoro {

/// What a statement does to the transaction it runs in. CALL, DO and some maintenance commands may commit on the way if no
/// transaction is open.
enum class transaction_effect { none, begins, commits, rolls_back, may_commit_within };

/// As far as the first two words tell, which is all it reads.
transaction_effect effect_of(std::string_view sql) noexcept;

/// The first word, as it stands in the text; empty if there is none.
std::string_view first_word(std::string_view sql) noexcept;

/// A COPY whose data the client sends or gets.
bool copies_through_client(std::string_view sql) noexcept;

/// A query, as far as its words tell, of which COPY (...) TO makes the same rows.
bool can_be_copied(std::string_view sql) noexcept;

/// Knows the server's commands and functions by their names, as `detail::session_watch` does. The views point into the text.
struct sql_command {
    std::string_view verb;         // the first word
    std::string_view object;       // the second
    std::string_view session_word; // by which it changes its session
    std::string_view hold;         // of a cursor WITH HOLD
    /// It runs code, or a connection of dblink's, that may do anything: CALL, DO, dblink_connect.
    bool is_opaque = false;

    /// Reads the whole text.
    static sql_command read(std::string_view sql) noexcept;

    /// It begins, ends or divides a transaction, or works with what a transaction owns: cursors, locks, COPY.
    bool is_of_transaction() const noexcept;
};

} // namespace pgcoro
