// SPDX-License-Identifier: BSL-1.0
// What the layers above the wire see of libpq's PGresult.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/oids.hpp>

#include <cstddef>
#include <span>
#include <string_view>

struct pg_result;

namespace pgcoro::detail {

/// The bytes of one value.
struct cell_bytes {
    /// Lengths of values that have no bytes.
    static constexpr int null = -1;
    static constexpr int not_sent = -2;

    const std::byte* data;
    int length;

    bool is_null() const noexcept { return length < 0; }
    /// Only a replication stream leaves values out, and then this is false and `is_null` is true.
    bool is_sent() const noexcept { return length != not_sent; }
    std::span<const std::byte> bytes() const noexcept { return {data, static_cast<std::size_t>(length)}; }
};

/// libpq's own functions for one value. They cost some 20 instructions each, and a wrapper around them would as well: the
/// templates that read rows call them through here.
struct value_functions {
    int (*length)(const pg_result*, int row, int column);
    char* (*value)(const pg_result*, int row, int column);
};
extern const value_functions libpq_value;

/// Borrows a PGresult, and what is known of its types. Copies are as good as the original; none outlives the result. Rows and
/// columns count from 0, and the caller keeps to rows() and columns().
class result_view {
public:
    result_view() noexcept = default;
    explicit result_view(const pg_result* result, const type_catalogue& types = built_in_types()) noexcept
        : result_(result), types_(&types) {}

    const pg_result* get() const noexcept { return result_; }
    const type_catalogue& types() const noexcept { return *types_; }

    int rows() const noexcept;
    int columns() const noexcept;
    std::string_view column_name(int column) const noexcept;
    oid_number column_type(int column) const noexcept;
    /// 0 text, 1 binary.
    int column_format(int column) const noexcept;
    /// The table the column is from, or `oids::unspecified` if it is computed.
    oid_number column_table(int column) const noexcept;

    // Where a program reads rows of several types, GCC thinks this too large to be put into each.
    [[gnu::always_inline]] cell_bytes cell(int row, int column) const noexcept {
        const int length = libpq_value.length(result_, row, column);
        const char* const value = libpq_value.value(result_, row, column);
        // A NULL has length 0 like an empty value, so most values need no third call.
        return {reinterpret_cast<const std::byte*>(value), length != 0 ? length : empty_or_null(row, column)};
    }

    command_tag tag() const noexcept;

private:
    /// 0 or -1.
    int empty_or_null(int row, int column) const noexcept;

    const pg_result* result_ = nullptr;
    const type_catalogue* types_ = &built_in_types();
};

/// Frees a PGresult.
void clear_result(pg_result* result) noexcept;

} // namespace pgcoro::detail
