// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/row_plan.hpp>

#include <string>
#include <utility>

namespace pgcoro::detail {
namespace {

constexpr int text_format = 0;

std::string describe(result_view result, int column) {
    return "column " + std::to_string(column + 1) + " \"" + std::string(result.column_name(column)) + "\" (" +
           result.types().describe(result.column_type(column)) + ")";
}

/// One column without binary output makes libpq ask for all of them as text.
std::string why_text(result_view result) {
    for (int column = 0; column < result.columns(); ++column) {
        if (result.types().may_lack_binary(result.column_type(column))) {
            return " because of " + describe(result, column) + ", which has no binary output: cast that to text (::text)";
        }
    }
    return {};
}

error count_mismatch(int columns, std::size_t requirements) {
    return error(errc::column_count_mismatch, "the result has " + std::to_string(columns) + " column" +
                                                  (columns == 1 ? "" : "s") + ", the row type has " +
                                                  std::to_string(requirements));
}

bool has_right_count(int columns, const named_plan& plan) noexcept {
    return plan.open_ended || columns == static_cast<int>(plan.requirements.size());
}

struct found_column {
    int first;
    int matches;
};

found_column find_column(result_view result, int columns, const column_place& place) noexcept {
    const auto first = static_cast<int>(place.among.first);
    if (place.name.empty()) {
        return {first, 1};
    }
    const int end = place.among.count == all_columns ? columns : first + static_cast<int>(place.among.count);
    found_column found{-1, 0};
    for (int column = first; column < end; ++column) {
        if (result.column_name(column) == place.name && found.matches++ == 0) {
            found.first = column;
        }
    }
    return found;
}

/// There is no column of that name, or more than one.
error name_mismatch(const column_place& place, const column_requirement& requirement, int matches) {
    const auto name = " \"" + std::string(place.name) + "\"";
    std::string message = "the result has ";
    message += matches == 0 ? "no column" + name : std::to_string(matches) + " columns" + name;
    if (place.among.count != all_columns) {
        message.append(" in columns ")
            .append(std::to_string(place.among.first + 1))
            .append(" to ")
            .append(std::to_string(place.among.first + place.among.count));
    }
    message.append(", which ").append(place.owner).append(" reads into ").append(requirement.name);
    return error(matches == 0 ? errc::no_such_column : errc::ambiguous_column, std::move(message));
}

} // namespace

int open_result(result_view result, const named_plan& plan, oid_number* types, int* columns) noexcept {
    const int count = result.columns();
    if (!has_right_count(count, plan)) {
        return mismatch;
    }
    for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
        const auto found = find_column(result, count, plan.places[i]);
        if (found.matches != 1 || !column_fits(result, found.first, plan.requirements[i])) {
            return mismatch;
        }
        columns[i] = found.first;
        types[i] = result.column_type(found.first);
    }
    return result.rows();
}

error column_mismatch(result_view result, const named_plan& plan) {
    const int count = result.columns();
    if (!has_right_count(count, plan)) {
        return count_mismatch(count, plan.requirements.size());
    }
    for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
        const auto found = find_column(result, count, plan.places[i]);
        if (found.matches != 1) {
            return name_mismatch(plan.places[i], plan.requirements[i], found.matches);
        }
        if (!column_fits(result, found.first, plan.requirements[i])) {
            return column_mismatch(result, found.first, plan.requirements[i]);
        }
    }
    return {};
}

bool column_fits(result_view result, int column, const column_requirement& requirement) noexcept {
    const auto type = result.column_type(column);
    const bool readable = result.column_format(column) != text_format || text_fits(type, requirement);
    return readable && (type == requirement.oid || requirement.accepts(type, result.types()));
}

error column_mismatch(result_view result, int column, const column_requirement& requirement) {
    const auto type = result.column_type(column);
    std::string message = describe(result, column) + " cannot be read into " + std::string(requirement.name);
    if (result.types().may_lack_binary(type)) {
        message += ": the server has no binary output for this type; cast the column to text (::text) and read std::string";
    } else if (type == requirement.oid || requirement.accepts(type, result.types())) {
        message += ": it arrived in the text format" + why_text(result);
    }
    return error(errc::type_mismatch, std::move(message));
}

error column_mismatch(result_view result, std::span<const column_requirement> requirements) {
    const int columns = result.columns();
    if (columns != static_cast<int>(requirements.size())) {
        return count_mismatch(columns, requirements.size());
    }
    for (int column = 0; column < columns; ++column) {
        if (const auto& requirement = requirements[static_cast<std::size_t>(column)];
            !column_fits(result, column, requirement)) {
            return column_mismatch(result, column, requirement);
        }
    }
    return {};
}

error value_failure(errc reason, result_view result, int row, int column, const column_requirement& requirement) {
    return value_failure(reason, result, row, column, result.cell(row, column), requirement);
}

error value_failure(errc reason, result_view result, int row, int column, const cell_bytes& cell,
                    const column_requirement& requirement) {
    std::string message = describe(result, column);
    if (reason == errc::value_not_sent) {
        return error(reason, message + " was not sent: the update has not changed it, or only the key of the old row is known; "
                                       "read it into pgcoro::or_unchanged, or give the table REPLICA IDENTITY FULL");
    }
    message += " in row " + std::to_string(row + 1);
    switch (reason) {
    case errc::unexpected_null: message += " is NULL: read it into std::optional<" + std::string(requirement.name) + ">"; break;
    case errc::unknown_label: message += " has a label that " + std::string(requirement.name) + " does not have"; break;
    case errc::value_out_of_range: message += " is out of the range of " + std::string(requirement.name); break;
    case errc::attribute_mismatch:
        message += " cannot be read into " + std::string(requirement.name) + ": ";
        if (!requirement.explain || !requirement.explain(result.column_type(column), cell.bytes(), result.types(), message)) {
            message += make_error_code(reason).message();
        }
        break;
    default:
        message += " cannot be read into " + std::string(requirement.name) + ": " + make_error_code(reason).message();
        break;
    }
    return error(reason, std::move(message));
}

error row_count_failure(int rows) {
    return rows == 0 ? error(errc::no_rows)
                     : error(errc::too_many_rows, "the statement returned " + std::to_string(rows) + " rows instead of one");
}

} // namespace pgcoro::detail
