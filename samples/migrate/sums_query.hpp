// SPDX-License-Identifier: BSL-1.0
// The query that gives the sums of a table at a PostgreSQL server.
#pragma once

#include "plan.hpp"
#include "table_sums.hpp"

#include <pgcoro/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// Which side of a migration is asked. They differ where a column becomes another type: the source casts it first.
enum class side { source, target };

/// Settings that make the text of values the same at all servers. To be run once in a session.
inline constexpr std::string_view canonical_settings =
    "set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set bytea_output = 'hex';"
    "set extra_float_digits = 1; set lc_monetary = 'C'; set xmloption = 'content'";

/// Gives one row with one value, an array of texts.
/// `encoding` is that of the server's database: checksums are those of texts in UTF-8.
std::string sums_query(const table_plan& t, side s, std::string_view encoding = "UTF8");
/// From that array.
pgcoro::result<table_sums> read_sums(const table_plan& t, const std::vector<std::optional<std::string>>& values);

/// Gives one row like the above, with two texts for each column in `cast_columns`: how many values the type at the target has
/// changed, and one of them.
std::string changes_query(const table_plan& t);
/// From that array, into the sums of the source.
pgcoro::result<> read_changes(const table_plan& t, const std::vector<std::optional<std::string>>& values, table_sums& sums);
/// The numbers of columns whose values may be changed by a cast.
std::vector<std::size_t> cast_columns(const table_plan& t);

/// The canonical text of a column's value, as an expression.
std::string canonical_text(const column_plan& c, side s);

} // namespace migrate
