// SPDX-License-Identifier: BSL-1.0
// The SQL of a COPY of typed rows.
#pragma once

#include <pgcoro/copy_target.hpp>
#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro::detail {

/// `copy "schema"."table" ("a", "b") from stdin (format binary)`. Errors: `errc::invalid_text`, and which name it is about.
result<std::string> copy_in_statement(const copy_target& target);

/// `select "a", "b" from "schema"."table" limit 0`: its result describes the columns. The same errors.
result<std::string> describe_statement(const copy_target& target);

/// `select * from (QUERY) pgcoro_query limit 0; copy (QUERY) to stdout (format binary)`. Nothing can change the types of the
/// columns between the two: they are one transaction, and the first one keeps its locks. The query is code, and is not looked
/// at.
std::string copy_out_statement(std::string_view query);

} // namespace pgcoro::detail
