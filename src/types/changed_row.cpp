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

error no_binary_form(const replication::column& column, oid_number type, const type_catalogue& types, errc failure) {
    return error(failure, "column \"" + column.name + "\" (" + types.describe(type) +
                              ") came as text, which cannot be read as its type: " + make_error_code(failure).message());
}

/// Appends the value to the bytes. The view of it is made when they move no more.
error append_binary(const replication::table& table, std::size_t column, const changed_cell& cell, byte_buffer& bytes) {
    value_writer out(bytes);
    const auto& c = table.columns[column];
    const std::string_view text(reinterpret_cast<const char*>(cell.data), cell.bytes().size());
    const errc failure = write_binary_form(c.type, text, *table.types, out);
    return failure == errc{} ? error() : no_binary_form(c, c.type, *table.types, failure);
}

bool is_converted(const replication::table& table, std::size_t column, const changed_cell& cell) noexcept {
    return cell.is_text && !table.columns[column].is_text;
}

} // namespace

error binary_cells::convert(const replication::table& table, const changed_cell* cells) {
    const std::size_t count = table.columns.size();
    cells_.assign(cells, cells + count);
    std::vector<std::size_t> ends(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (is_converted(table, i, cells[i])) {
            if (error failure = append_binary(table, i, cells[i], bytes_)) {
                return failure;
            }
        }
        ends[i] = bytes_.size();
    }
    for (std::size_t i = 0, begin = 0; i < count; begin = ends[i++]) {
        if (is_converted(table, i, cells[i])) {
            cells_[i].data = bytes_.data() + begin;
            cells_[i].length = static_cast<int>(ends[i] - begin);
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
