// SPDX-License-Identifier: BSL-1.0
// Decodes the messages of the output plugin pgoutput, protocol versions 1 to 4. Has no I/O.
#pragma once

#include "replication/message_reader.hpp"

#include <pgcoro/detail/changed_view.hpp>
#include <pgcoro/replication_events.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace pgcoro::replication {

/// Of one connection: what it has learned of tables is void after a reconnect.
class pgoutput {
public:
    pgoutput() = default;
    pgoutput(pgoutput&&) = default; // not copied: `last_` points into it
    pgoutput& operator=(pgoutput&&) = default;

    /// What is decoded next refers to the message, and to this decoder, until the next call.
    ///
    /// Errors: `errc::malformed_value` if it is no message of this protocol, or has too few bytes or too many, or a table was
    /// not described before: then the connection is of no more use.
    error decode(std::span<const std::byte> message, event& out);

    /// A table that was described last, and the types of whose columns are now known. Later events have it.
    void replace(std::shared_ptr<const table> known);

private:
    using table_ptr = std::shared_ptr<const table>;

    bool read(char kind, message_reader& in, event& out);
    bool read_transaction(char kind, message_reader& in, event& out);
    bool read_block(char kind, message_reader& in, event& out);
    bool read_type(message_reader& in, event& out);
    bool read_relation(message_reader& in, event& out);
    bool read_insert(message_reader& in, event& out);
    bool read_update(message_reader& in, event& out);
    bool read_delete(message_reader& in, event& out);
    bool read_truncate(message_reader& in, event& out);
    bool read_message(message_reader& in, event& out);
    std::optional<xid> read_xid(message_reader& in);
    const table_ptr* find_table(message_reader& in);
    bool read_tuple(message_reader& in, const table& of, detail::changed_cell* cells, bool& has_text);
    bool read_old_row(char kind, message_reader& in, const table& of, old_row& has_old, changed_row& old);

    std::unordered_map<oid_number, table_ptr> tables_;
    const table_ptr* last_ = nullptr;         // the table of the last change
    std::vector<detail::changed_cell> cells_; // of the new row, then of the old one
    std::vector<table_ptr> truncated_;
    std::vector<detail::type_label> named_types_; // of the columns of the relation that is to come
    bool in_block_ = false;
};

} // namespace pgcoro::replication
