// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/rowset.hpp>

#include "types/received_value.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/text.hpp>

#include <string>
#include <utility>

namespace pgcoro {
namespace detail {

error row_index_failure(result_view result, int row) {
    std::string message = "there is no row ";
    message.append(row < 0 ? "with that index" : std::to_string(row))
        .append(" in a result of ")
        .append(std::to_string(result.rows()));
    return error(errc::no_rows, std::move(message));
}

} // namespace detail

error field_view::why_not(const detail::column_requirement& requirement) const {
    if (row_ < 0 || row_ >= result_.rows()) {
        return detail::row_index_failure(result_, row_);
    }
    if (!exists()) {
        std::string message = "the result has no column ";
        if (name_.data()) {
            message.append("\"").append(name_).append("\"");
        } else {
            message.append(std::to_string(column_));
        }
        return error(errc::no_such_column, std::move(message));
    }
    return detail::column_mismatch(result_, column_, requirement);
}

result<detail::cell_bytes> field_view::cell(const detail::column_requirement& requirement) const {
    if (!exists() || !detail::column_fits(result_, column_, requirement)) {
        return why_not(requirement);
    }
    const auto cell = result_.cell(row_, column_);
    if (cell.is_null()) {
        return detail::value_failure(errc::unexpected_null, result_, row_, column_, requirement);
    }
    return cell;
}

result<std::string_view> field_view::text() const {
    static constexpr detail::column_requirement requirement = detail::requirement_for<std::string>();
    BOOST_OUTCOME_TRY(const auto found, cell(requirement));
    errc failure{};
    const auto bytes = detail::text_inside(result_.column_type(column_), found.bytes(), failure);
    if (failure != errc{}) {
        return detail::value_failure(failure, result_, row_, column_, requirement);
    }
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

result<std::span<const std::byte>> field_view::bytes() const {
    static constexpr detail::column_requirement requirement = detail::requirement_for<std::vector<std::byte>>();
    BOOST_OUTCOME_TRY(const auto found, cell(requirement));
    return found.bytes();
}

void detail::chosen_value<field_view>::push(const field_view& field, parameters& to) {
    if (!field.exists()) {
        return to.push_failure(static_cast<errc>(field.why_not({}).code().value()));
    }
    const result_view from = field.result_;
    const auto cell = from.cell(field.row_, field.column_);
    const auto bytes = cell.is_null() ? value_bytes() : cell.bytes();
    to.push_received({from.column_type(field.column_), from.column_format(field.column_), cell.is_null(), bytes, from.types()});
}

field_view row_view::operator[](std::string_view name) const noexcept {
    const int columns = result_.columns();
    int column = 0;
    while (column < columns && result_.column_name(column) != name) {
        ++column;
    }
    return {result_, row_, column < columns ? column : -1, name};
}

} // namespace pgcoro
