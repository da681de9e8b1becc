// SPDX-License-Identifier: BSL-1.0
// The commands that make a server explain a statement whose parameters have no values.
#pragma once

#include <pgcoro/slow_query_plans_options.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pgcoro::observers {

/// SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES or WITH, by its first word.
bool can_be_explained(std::string_view sql) noexcept;

/// `types` are names as format_type prints them.
std::string prepare_command(std::string_view name, std::span<const std::string> types, std::string_view sql);
/// With `generic`, which PostgreSQL 16 knows, also of partitions that the NULLs rule out.
std::string explain_execute(std::string_view name, std::size_t parameters, plan_format format, bool generic);
std::string deallocate_command(std::string_view name);

} // namespace pgcoro::observers
