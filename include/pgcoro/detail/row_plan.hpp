// SPDX-License-Identifier: BSL-1.0
// The check of a whole result against the columns a row type wants, made once; rows are then read without asking again.
#pragma once

#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

using explain_function = bool (*)(oid_number column, value_bytes bytes, const type_catalogue& types, std::string& out);

template <class T>
constexpr explain_function explain_of() noexcept {
    if constexpr (explains<T>) {
        return &pg_type<T>::explain;
    } else {
        return nullptr;
    }
}

/// One column as the row type wants it.
struct column_requirement {
    /// The C++ type's name.
    std::string_view name;
    /// The most likely type.
    oid_number oid;
    bool (*accepts)(oid_number column, const type_catalogue& types) noexcept;
    /// The value may come in the text format.
    bool accepts_text;
    /// The type's name in SQL, if it goes by name.
    std::string_view sql_name;
    /// What the type `explains` of a value, or null.
    explain_function explain;
};

template <class T>
constexpr column_requirement requirement_for() noexcept {
    using plain = without_optional_t<T>;
    constexpr auto reference = reference_to<plain>();
    return {pg_type<plain>::name,
            reference.oid,
            [](oid_number column, const type_catalogue& types) noexcept { return accepts_type<plain>(column, types); },
            text_type<plain>,
            reference.is_array ? std::string_view() : reference.sql_name,
            explain_of<plain>()};
}

/// A column in the text format can be read as it is. (jsonb lacks its version number there.)
constexpr bool text_fits(oid_number type, const column_requirement& requirement) noexcept {
    return requirement.accepts_text && type != oids::jsonb;
}

/// The number of rows, or `mismatch` if the columns do not fit the requirements. Notes the type of each column in `types`,
/// which is as long as `requirements`.
int open_result(result_view result, std::span<const column_requirement> requirements, oid_number* types) noexcept;
inline constexpr int mismatch = -1;

/// Why the columns do not fit.
error column_mismatch(result_view result, std::span<const column_requirement> requirements);

/// Columns that stand together.
struct column_range {
    std::size_t first;
    std::size_t count;
};
inline constexpr auto all_columns = static_cast<std::size_t>(-1);

/// Where a column is looked for.
struct column_place {
    /// Its name; empty if it is the first of `among`.
    std::string_view name;
    /// The struct that has a member of that name, for messages.
    std::string_view owner;
    column_range among{};
};

/// A row type with members that go by name.
struct named_plan {
    std::span<const column_requirement> requirements;
    /// One for each requirement.
    std::span<const column_place> places;
    /// The result may have columns that are not wished for.
    bool open_ended;
};

/// The same for such rows. Notes also which of the result's columns each one is, in `columns`.
int open_result(result_view result, const named_plan& plan, oid_number* types, int* columns) noexcept;
error column_mismatch(result_view result, const named_plan& plan);

/// The same for one column.
bool column_fits(result_view result, int column, const column_requirement& requirement) noexcept;
error column_mismatch(result_view result, int column, const column_requirement& requirement);

/// Whether something about the types in a result is not known, its columns' and those inside its records and composites, or
/// what an object is called that a value stands for.
bool has_unknown_types(result_view result);
/// Appends all of these types that are not built in, and the objects, known or not.
void append_types(result_view result, wanted_types& out);
/// The types only.
void append_types(result_view result, std::vector<oid_number>& out);

/// Of a value that is not there, where there should be one.
inline errc why_missing(const cell_bytes& cell) noexcept {
    return cell.is_sent() ? errc::unexpected_null : errc::value_not_sent;
}

/// For `or_unchanged` (<pgcoro/or_unchanged.hpp>), which has a specialisation with `value`.
template <class T>
struct unchanged_access {
    static constexpr bool may_be_unchanged = false;
};

/// Reads a value whose type was accepted.
template <class T>
errc read_cell(oid_number type, const cell_bytes& cell, T& out, const type_catalogue& types) {
    if constexpr (unchanged_access<T>::may_be_unchanged) {
        auto& value = unchanged_access<T>::value(out);
        if (!cell.is_sent()) {
            value.reset();
            return {};
        }
        return read_cell(type, cell, value.emplace(), types);
    } else if constexpr (is_optional<T>) {
        if (cell.is_null()) {
            out.reset();
            return cell.is_sent() ? errc{} : errc::value_not_sent;
        }
        return decode_value(type, cell.bytes(), out.emplace(), types);
    } else {
        return cell.is_null() ? why_missing(cell) : decode_value(type, cell.bytes(), out, types);
    }
}

/// Why the value in a row could not be read.
error value_failure(errc reason, result_view result, int row, int column, const column_requirement& requirement);
/// The same for a value that is not in the result.
error value_failure(errc reason, result_view result, int row, int column, const cell_bytes& cell,
                    const column_requirement& requirement);

/// For `fetch_one` and `fetch_optional`.
error row_count_failure(int rows);

} // namespace pgcoro::detail
