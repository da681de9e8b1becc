// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/row_plan.hpp>

#include <string>

namespace pgcoro::detail {
namespace {

constexpr int text_format = 0;

std::string describe(result_view result, int column) {
    return "column " + std::to_string(column + 1) + " \"" + std::string(result.column_name(column)) + "\" (" +
           result.types().describe(result.column_type(column)) + ")";
}

} // namespace

bool column_fits(result_view result, int column, const column_wish& wish) noexcept {
    const auto type = result.column_type(column);
    const bool readable = result.column_format(column) != text_format || text_fits(type, wish);
    return readable && (type == wish.oid || wish.accepts(type, result.types()));
}

error column_mismatch(result_view result, int column, const column_wish& wish) {
    const auto type = result.column_type(column);
    const bool only_format = type == wish.oid || wish.accepts(type, result.types());
    return error(errc::type_mismatch, describe(result, column) + " cannot be read into " + std::string(wish.name) +
                                          (only_format ? ": it came in the text format" : ""));
}

error column_mismatch(result_view result, std::span<const column_wish> wishes) {
    const int columns = result.columns();
    if (columns != static_cast<int>(wishes.size())) {
        return error(errc::column_count_mismatch, "the result has " + std::to_string(columns) + " column" +
                                                      (columns == 1 ? "" : "s") + ", the row type has " +
                                                      std::to_string(wishes.size()));
    }
    for (int column = 0; column < columns; ++column) {
        if (const auto& wish = wishes[static_cast<std::size_t>(column)]; !column_fits(result, column, wish)) {
            return column_mismatch(result, column, wish);
        }
    }
    return {};
}

bool has_unknown_types(result_view result) noexcept {
    for (int column = 0, columns = result.columns(); column < columns; ++column) {
        if (!result.types().knows(result.column_type(column))) {
            return true;
        }
    }
    return false;
}

void append_types(result_view result, std::vector<oid_number>& out) {
    for (int column = 0, columns = result.columns(); column < columns; ++column) {
        if (const auto type = result.column_type(column); type >= first_user_oid) {
            out.push_back(type);
        }
    }
}

error value_failure(errc reason, result_view result, int row, int column, const column_wish& wish) {
    std::string message = describe(result, column) + " in row " + std::to_string(row + 1);
    switch (reason) {
    case errc::unexpected_null: message += " is NULL: read it into std::optional<" + std::string(wish.name) + ">"; break;
    case errc::unknown_label: message += " has a label that " + std::string(wish.name) + " does not know"; break;
    case errc::value_out_of_range: message += " is out of the range of " + std::string(wish.name); break;
    default: message += " cannot be read into " + std::string(wish.name) + ": " + make_error_code(reason).message(); break;
    }
    return error(reason, std::move(message));
}

error row_count_failure(int rows) {
    return rows == 0 ? error(errc::no_rows)
                     : error(errc::too_many_rows, "the statement gave " + std::to_string(rows) + " rows instead of one");
}

} // namespace pgcoro::detail
