// SPDX-License-Identifier: BSL-1.0
// The type numbers inside a value that another server may have given to other types: those of users and extensions.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/pg_type.hpp>
#include <pgcoro/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pgcoro::detail {

struct type_inside {
    oid_number type;
    std::uint32_t at; // in the value's bytes
};

/// Those of elements and attributes, at any depth, in a value of `type` in its binary format.
///
/// Errors: `errc::malformed_value`; `errc::value_out_of_range` if they are nested more than 16 levels deep.
errc find_types_inside(oid_number type, value_bytes bytes, const type_catalogue& types, std::vector<type_inside>& out);

/// What a type is called on every server that has it: its schema and its name, in quotes, or those of its elements.
struct portable_name {
    std::string sql_name;
    bool is_array = false;
};

/// Errors: `errc::unknown_type`, `errc::invalid_text` (a name that is not UTF-8).
result<portable_name> portable_name_of(oid_number type, const type_catalogue& types);

} // namespace pgcoro::detail
