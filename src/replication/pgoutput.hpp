// SPDX-License-Identifier: BSL-1.0
// Decodes the messages of the output plugin pgoutput, protocol versions 1 to 4. Has no I/O.
#pragma once

#include <pgcoro/detail/changed_view.hpp>
#include <pgcoro/replication_events.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace pgcoro::replication {

/// Of one connection: what it has learned of tables is void after a reconnect.
class pgoutput {
public:
    /// What is decoded next refers to the message, and to this decoder, until the next call.
    ///
    /// Errors: `errc::malformed_value` if it is no message of this protocol, or has too few bytes or too many, or a table was not
    /// described before: then the connection is of no more use.
    error decode(std::span<const std::byte> message, event& out);

    /// A table that was described last, and the types of whose columns are now known. Later events have it.
    void replace(std::shared_ptr<const table> known);

    /// Inside of a block of a transaction that is streamed before it commits.
    bool is_in_block() const noexcept { return in_block_; }

private:
    // ... in pgoutput.cpp
    std::unordered_map<oid_number, std::shared_ptr<const table>> tables_;
    std::vector<detail::changed_cell> cells_; // of the new row, then of the old one
    std::vector<std::shared_ptr<const table>> truncated_;
    bool in_block_ = false;
};

} // namespace pgcoro::replication
