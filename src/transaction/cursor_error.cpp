// SPDX-License-Identifier: BSL-1.0
#include "transaction/cursor_error.hpp"

#include "statement/sql_command.hpp"

#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/detail/session_effect.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {
namespace {

struct explanation {
    std::string_view what_happened;
    std::string_view what_to_do;
};

/// The server's functions that raise these errors are named, for a function in the query may raise the same SQLSTATE.
explanation explain(const error& e, const cursor_facts& facts) noexcept {
    const auto routine = e.routine();
    if (e == sqlstate::invalid_cursor_name && (routine == "PerformPortalFetch" || routine == "PerformPortalClose")) {
        if (facts.outlived_transaction) {
            return {"the transaction that declared the cursor was rolled back",
                    "A cursor with hold outlives a COMMIT, not a ROLLBACK. Open a new one."};
        }
        return {"a ROLLBACK TO a savepoint that is older than the cursor has closed it, or a statement has",
                "Roll back to the savepoint, if the transaction has failed, and open a new cursor. Open cursors that shall "
                "survive before the savepoint."};
    }
    if (e == sqlstate::object_not_in_prerequisite_state && routine == "MarkPortalActive") {
        return {"an earlier FETCH of the cursor has failed, and ROLLBACK TO a savepoint does not revive it",
                "Roll back to the savepoint and open a new cursor."};
    }
    if (e == sqlstate::syntax_error && !facts.declaration.empty() && e.statement() == facts.declaration) {
        const auto word = first_word(facts.query);
        if (!word.empty() && !is_word(word, "select", "values", "table", "with")) {
            return {{}, "A cursor reads a SELECT, VALUES, TABLE or WITH query. Run other statements with execute or fetch."};
        }
    }
    return {};
}

} // namespace

error explain_cursor_error(const error& e, const cursor_facts& facts) {
    const auto statement = e.statement();
    const bool is_declaration = !facts.declaration.empty() && statement == facts.declaration;
    if (statement.empty() || (!is_declaration && statement != facts.command)) {
        return e; // of BEGIN, or of no statement at all
    }
    const auto [what_happened, what_to_do] = explain(e, facts);
    auto d = error_access::copy(e);
    const auto prefix = static_cast<int>(facts.prefix);
    d->position = is_declaration && d->position > prefix ? d->position - prefix : 0;
    d->statement = facts.query;
    if (!what_happened.empty()) {
        d->message.append(": ").append(what_happened);
    }
    if (d->hint.empty()) {
        d->hint = what_to_do;
    }
    return error(boost::intrusive_ptr<const error_details>(d.release()));
}

} // namespace pgcoro::detail
