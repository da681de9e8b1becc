// SPDX-License-Identifier: BSL-1.0
// What metrics and spans call the operation: which SQL command a call is.
#pragma once

#include <pgcoro/call_kind.hpp>

#include <string_view>

namespace pgcoro {
class statement_event;
}

namespace pgcoro::detail {

/// The command that a statement begins with, in capitals: one of PostgreSQL's, or "OTHER". Static: the same command is the same
/// address.
std::string_view command_of(std::string_view sql) noexcept;

/// What `command_of` has given, as that of all statements of a batch: "BATCH INSERT".
std::string_view batch_of(std::string_view command) noexcept;

/// Of a call; static. "BATCH" for statements of several commands, "SCRIPT" for a script, whose text is not read.
std::string_view operation_name(const statement_event& e) noexcept;

/// Whether the rows counted are rows that came back.
bool returns_rows(call_kind kind, std::string_view operation) noexcept;

} // namespace pgcoro::detail
