// SPDX-License-Identifier: BSL-1.0
// What `append_text` is made of: families of types that need more than a line.
#pragma once

#include <pgcoro/detail/text_form.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::detail {

/// Where a value is printed. Each level of composites doubles the quotes inside of it, and a numeric of ten bytes can have 131
/// 072 digits: without limits a small value could become text without end.
struct text_scope {
    const type_catalogue& types;
    /// How many more types may be inside of each other.
    int depth;
    /// The length of the text; parts of it may go beyond by no more than their own.
    std::size_t most;
    /// A value whose binary format is not known is `errc::unknown_type`.
    bool refuses_unknown;

    errc length_failure(const std::string& text) const noexcept { return text.size() > most ? errc::value_too_large : errc{}; }
};

/// The shortest digits from which the same number is read, as the server prints it.
void append_number(float value, std::string& out);
void append_number(double value, std::string& out);

errc append_date(value_bytes bytes, std::string& out);
/// `zone` goes behind the time: "", "+00".
errc append_timestamp(value_bytes bytes, char separator, std::string_view zone, std::string& out);
errc append_interval(value_bytes bytes, std::string& out);

errc append_geometry(oid_number type, value_bytes bytes, std::string& out);

/// pg_snapshot: "10:20:10,14,15".
errc append_snapshot(value_bytes bytes, std::string& out);
// Statistics of several columns, whose binary format is the memory of the server. PostgreSQL 19 prints them as JSON.
errc append_ndistinct(value_bytes bytes, int server_version, std::string& out);
errc append_dependencies(value_bytes bytes, int server_version, std::string& out);

// Types made of other types.

errc append_array(value_bytes bytes, const text_scope& scope, std::string& out);
/// int2vector and oidvector, which are arrays that print as "1 2 3".
errc append_vector(value_bytes bytes, const text_scope& scope, std::string& out);
errc append_composite(value_bytes bytes, const text_scope& scope, std::string& out);
errc append_range(oid_number subtype, value_bytes bytes, const text_scope& scope, std::string& out);
errc append_multirange(oid_number range_type, value_bytes bytes, const text_scope& scope, std::string& out);

/// What they call for what is inside of them.
errc append_inner(oid_number type, value_bytes bytes, const text_scope& scope, std::string& out);

} // namespace pgcoro::detail
