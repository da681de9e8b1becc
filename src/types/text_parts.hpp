// SPDX-License-Identifier: BSL-1.0
// What `append_text` is made of: families of types that need more than a line.
#pragma once

#include <pgcoro/detail/text_form.hpp>

#include <string>

namespace pgcoro::detail {

/// The shortest digits from which the same number is read, as the server prints it.
void append_number(float value, std::string& out);
void append_number(double value, std::string& out);

errc append_date(value_bytes bytes, std::string& out);
/// `zone` goes behind the time: "", "+00".
errc append_timestamp(value_bytes bytes, char separator, std::string_view zone, std::string& out);
errc append_interval(value_bytes bytes, std::string& out);

errc append_geometry(oid_number type, value_bytes bytes, std::string& out);

/// Types made of other types. `depth` is how many more of them may be inside of each other.
errc append_array(value_bytes bytes, const type_catalogue& types, int depth, std::string& out);
errc append_composite(value_bytes bytes, const type_catalogue& types, int depth, std::string& out);
errc append_range(oid_number subtype, value_bytes bytes, const type_catalogue& types, int depth, std::string& out);
errc append_multirange(oid_number subtype, value_bytes bytes, const type_catalogue& types, int depth, std::string& out);

/// What they call for what is inside of them.
errc append_inner(oid_number type, value_bytes bytes, const type_catalogue& types, int depth, std::string& out);

} // namespace pgcoro::detail
