// SPDX-License-Identifier: BSL-1.0
// Names and values within SQL text that is made at run time.
#pragma once

#include "plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// Whether it can name something in PostgreSQL: UTF-8 of 1 to 63 bytes without NUL. Names are checked when a plan is made.
bool is_name(std::string_view name);

/// A name as SQL has it: `my "table"` gives `"my ""table"""`.
std::string sql_name(std::string_view name);
std::string sql_name(const object_name& name);
/// "a", "b"
std::string sql_names(const std::vector<std::string>& names);
/// A value as SQL has it, whatever `standard_conforming_strings` is.
std::string literal(std::string_view value);

/// The columns that are copied, quoted and separated by commas.
std::string copied_columns(const table_plan& t);

} // namespace migrate
