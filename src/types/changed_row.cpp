// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/changed_row.hpp>

#include "types/received_value.hpp"

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/types/text.hpp>

#include <string>
#include <utility>

namespace pgcoro {
namespace detail {
namespace {

std::string name_and_type(const replication::table& table, const replication::column& column) {
    return "column \"" + column.name + "\" (" + table.types->describe(column.type) + ")";
}

error no_binary_form(const replication::table& table, const replication::column& column, errc failure) {
    std::string message = name_and_type(table, column) + " came as text, which ";
    if (failure == errc::type_mismatch) {
        message += "pgcoro does not convert for this type: read it with changed_field::text(), or request the binary format "
                   "with replication_options::binary";
    } else {
        message += "cannot be read as its type: " + make_error_code(failure).message();
    }
    return error(failure, std::move(message));
}

/// Appends the value to the bytes. The view of it is made when they move no more.
error append_binary(const replication::table& table, std::size_t column, const changed_cell& cell, byte_buffer& bytes) {
    value_writer out(bytes);
    const auto& c = table.columns[column];
    const std::string_view text(reinterpret_cast<const char*>(cell.data), cell.bytes().size());
    const errc failure = write_binary_form(c.type, text, *table.types, out);
    return failure == errc{} ? error() : no_binary_form(table, c, failure);
}

bool is_converted(const replication::table& table, std::size_t column, const changed_cell& cell) noexcept {
    return cell.is_text && !table.columns[column].is_text;
}

} // namespace

error binary_cells::convert(const replication::table& table, const changed_cell* cells, std::span<const int> columns) {
    cells_.assign(cells, cells + table.columns.size());
    std::vector<std::size_t> ends;
    ends.reserve(columns.size());
    for (const int column : columns) {
        const auto i = static_cast<std::size_t>(column);
        if (is_converted(table, i, cells[i])) {
            if (error failure = append_binary(table, i, cells[i], bytes_)) {
                return failure;
            }
        }
        ends.push_back(bytes_.size());
    }
    std::size_t begin = 0;
    for (std::size_t read = 0; read < columns.size(); begin = ends[read++]) {
        const auto i = static_cast<std::size_t>(columns[read]);
        if (is_converted(table, i, cells[i])) {
            cells_[i].data = bytes_.data() + begin;
            cells_[i].length = static_cast<int>(ends[read] - begin);
        }
    }
    return {};
}

} // namespace detail

error changed_field::read(const detail::column_requirement& requirement, detail::byte_buffer& converted,
                          detail::cell_bytes& cell) const {
    if (!detail::column_fits(columns(), static_cast<int>(column_), requirement)) {
        return detail::column_mismatch(columns(), static_cast<int>(column_), requirement);
    }
    if (detail::is_converted(*table_, column_, *cell_)) {
        if (error failure = detail::append_binary(*table_, column_, *cell_, converted)) {
            return failure;
        }
        cell = {converted.data(), static_cast<int>(converted.size())};
    }
    return {};
}

error changed_field::why(errc failure, const detail::cell_bytes& cell, const detail::column_requirement& requirement) const {
    if (failure == errc::unknown_type) {
        return error(failure, detail::name_and_type(*table_, column()) + " cannot be read into " +
                                  std::string(requirement.name) +
                                  ": the binary format of this type, or of one inside it, is not known; values arrive as text "
                                  "without replication_options::binary");
    }
    return detail::value_failure(failure, columns(), 0, static_cast<int>(column_), cell, requirement);
}

result<std::string> changed_field::text() const {
    static constexpr detail::column_requirement requirement = detail::requirement_for<std::string>();
    if (cell_->is_null()) {
        return why(detail::why_missing(*cell_), *cell_, requirement);
    }
    if (cell_->is_text) {
        return std::string(reinterpret_cast<const char*>(cell_->data), cell_->bytes().size());
    }
    std::string text;
    const errc failure = detail::append_text(column().type, cell_->bytes(), *table_->types, detail::text_style::server, text);
    return failure == errc{} ? result<std::string>(std::move(text)) : why(failure, *cell_, requirement);
}

void detail::chosen_value<changed_field>::push(const changed_field& field, parameters& to) {
    const changed_cell& cell = *field.cell_;
    if (!cell.is_sent()) {
        return to.push_failure(errc::value_not_sent);
    }
    const auto bytes = cell.is_null() ? value_bytes() : cell.bytes();
    to.push_received({field.column().type, cell.is_text ? 0 : 1, cell.is_null(), bytes, *field.table_->types});
}

} // namespace pgcoro
