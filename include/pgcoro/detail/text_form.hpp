// SPDX-License-Identifier: BSL-1.0
// Values as text, made from their binary form.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::detail {

enum class text_style {
    /// "2024-05-01 12:00:00+00"
    server,
    /// "2024-05-01T12:00:00+00:00"
    json,
    /// The same, but a value whose binary format is not known is `errc::unknown_type`, not "<money 000000000000007b>".
    known_json,
};

/// How many arrays, composites and ranges may be inside of each other in what is printed.
inline constexpr int most_nested = 16;

/// Appends what `to_text` gives (<pgcoro/to_text.hpp>). `errc::malformed_value`, `errc::value_out_of_range` where arrays and
/// composites are nested too deeply, or `errc::value_too_large` where those make a text of more than `most` bytes: the server
/// prints no more either. After a failure `out` ends with a part of the text.
errc append_text(oid_number type, value_bytes bytes, const type_catalogue& types, text_style style, std::string& out,
                 std::size_t most = value_writer::max_size);

} // namespace pgcoro::detail
