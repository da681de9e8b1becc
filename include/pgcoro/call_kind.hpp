// SPDX-License-Identifier: BSL-1.0
// Which function of the query interface a call came from, as observers see it.
#pragma once

#include <cstdint>
#include <string_view>

namespace pgcoro {

enum class call_kind : std::uint8_t {
    execute,
    /// `fetch`, `fetch_one` and `fetch_optional`.
    fetch,
    execute_many,
    batch,
    stream,
    copy_in,
    copy_out,
    script,
    /// DECLARE, FETCH, MOVE or CLOSE of a cursor.
    cursor,
    commit,
    rollback,
    ping,
};

/// The name of the enumerator.
std::string_view to_string(call_kind kind) noexcept;

} // namespace pgcoro
