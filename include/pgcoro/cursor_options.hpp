// SPDX-License-Identifier: BSL-1.0
// The options of a cursor.
#pragma once

#include <optional>

namespace pgcoro {

/// The options of `transaction::cursor`.
struct cursor_options {
    cursor_options() noexcept {}

    /// Can also go backward: SCROLL. The server may have to keep the rows, and nothing is fetched ahead. Otherwise the cursor
    /// is declared NO SCROLL, which excludes no query plan.
    bool scroll = false;
    /// Outlives a COMMIT: WITH HOLD. COMMIT runs the query to its end and keeps all remaining rows at the server, so it may
    /// take long. The cursor must have been opened before, by `cursor::open()` or a first fetch.
    bool hold = false;
    /// The number of rows that `fetch()` gives and that are fetched ahead. 0 fetches nothing ahead. By default it depends on
    /// the size of the rows of the first fetch: 64 KiB of values, at least 16 rows and at most 1024. Until then it is 64.
    std::optional<int> prefetch;
};

} // namespace pgcoro
