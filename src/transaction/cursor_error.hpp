// SPDX-License-Identifier: BSL-1.0
// What the server says of a cursor, in terms of the query that its user wrote.
#pragma once

#include <pgcoro/error.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro::detail {

struct cursor_facts {
    /// The user's query, and the number of characters before it in the text of the DECLARE.
    std::string_view query;
    std::size_t prefix = 0;
    /// What the failed request sent: the DECLARE, and the FETCH, MOVE or CLOSE.
    std::string_view declaration;
    std::string_view command;
    /// WITH HOLD, and its transaction is over.
    bool outlived_transaction = false;
};

/// The same error, with the user's query as `statement()`, the position in it, and a hint if the cursor is no more. SQLSTATE
/// and facts stay as they are.
error explain_cursor_error(const error& e, const cursor_facts& facts);

} // namespace pgcoro::detail
