// SPDX-License-Identifier: BSL-1.0
// The name of a prepared statement, made of what it means.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pgcoro::wire {

/// What a name stands for. A pooler may lend one server session to many programs, all of them with statements of their own:
/// two statements share a name only if they mean the same.
struct statement_content {
    std::string_view text;
    /// The declared types of the parameters.
    std::span<const unsigned> types = {};
    /// The values of the settings that decide how the server reads literals (see `session::literal_settings`).
    std::string_view settings = {};
    /// How often the statement was prepared anew because the server's plan had gone stale.
    unsigned generation = 0;
};

/// "pgcoro_" and 120 bits of a SHA-256 in lower-case base 32: an identifier that SQL needs no quotes for, shorter than
/// NAMEDATALEN.
std::string name_of(const statement_content& content);
inline constexpr std::size_t name_size = 31;

/// Allocates what the first `name_of` of a process would, and keeps.
void get_ready_to_name() noexcept;

} // namespace pgcoro::wire
