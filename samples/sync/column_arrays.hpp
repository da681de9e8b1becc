// SPDX-License-Identifier: BSL-1.0
// Arrays of values as they came from the source, without their being read.
#pragma once

#include <pgcoro/changed_row.hpp>
#include <pgcoro/oids.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace data_sync {

/// Whether it is a type that every server knows by this number, as its array. Such values come in the binary format.
bool has_array(pgcoro::oid_number type) noexcept;

/// Appends the value as an element of an array in the binary format: its length, or -1 for NULL, and its bytes.
///
/// Errors: `errc::value_not_sent`.
pgcoro::result<> append_cell(const pgcoro::changed_field& field, std::string& cells);

/// Appends an array as a parameter. `cells` are its elements. Precondition: `has_array(type)`.
void push_array(pgcoro::parameters& to, pgcoro::oid_number type, std::size_t size, const std::string& cells);

/// Goes from cell to cell.
class cell_reader {
public:
    explicit cell_reader(const std::string& cells) : cells_(&cells) {}

    /// The next one, with its length.
    std::string_view next();

private:
    const std::string* cells_;
    std::size_t at_ = 0;
};

} // namespace data_sync
