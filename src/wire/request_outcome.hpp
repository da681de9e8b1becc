// SPDX-License-Identifier: BSL-1.0
// What the end of a request means for what it was to do.
#pragma once

#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/stream_request.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro::wire {

/// Shows each statement of a request to `look`: all of a script's.
template <class Look>
void for_each_statement(const detail::request& r, Look look) {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        if (!detail::is_simple(r)) {
            look(r.text(step).view());
            continue;
        }
        statement_splitter statements(r.text(step).view());
        for (auto sql = statements.next(); !sql.empty(); sql = statements.next()) {
            look(sql);
        }
    }
}

/// An error by which the server has rolled the request back, outside of a transaction that was open: not all of it, if one of
/// the `answered` statements before was a COMMIT, or a procedure or a block has committed a part of its work.
error half_done(const detail::request& r, std::size_t answered, error why) noexcept;

/// Whether one of its first `statements` may have committed.
bool may_have_committed(const detail::request& r, std::size_t statements) noexcept;

/// `why` of a request whose answer nobody will hear: in doubt if it may have effects that outlive it.
/// In a transaction only a COMMIT has.
error unanswered(const detail::request& r, error why) noexcept;

/// `why` of a request of which nothing was sent. What had run of its transaction is undone when the session ends.
error unsent(const detail::request& r, error why) noexcept;

} // namespace pgcoro::wire
