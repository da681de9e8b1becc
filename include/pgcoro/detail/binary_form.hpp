// SPDX-License-Identifier: BSL-1.0
// Values that came in the text format, for one column of the result had no other, in the binary format of their types: all that
// reads values reads that.
#pragma once

#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/value_writer.hpp>

#include <string_view>

namespace pgcoro::detail {

/// Writes the binary form of a value of a type that has one. `errc::type_mismatch` if the text says too little (the names that
/// regclass and its like print), or its type is none we read; `errc::malformed_value` if it is not what the server prints.
errc write_binary_form(oid_number type, std::string_view text, const type_catalogue& types, value_writer& out);

/// The array that the text of an array is, with its elements as they are printed: of type text.
errc write_array_of_texts(std::string_view text, char separator, value_writer& out);

/// The same rows with all columns in binary for which that can be done; `result` itself if there are none. (In src/wire, where
/// libpq is.)
result_handle in_binary(result_handle result, const type_catalogue& types);

/// Some columns came in the text format.
bool has_text_columns(const pg_result* result) noexcept;

} // namespace pgcoro::detail
