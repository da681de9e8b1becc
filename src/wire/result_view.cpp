// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/result_view.hpp>

#include <pgcoro/detail/row_plan.hpp>

#include <libpq-fe.h>

namespace pgcoro::detail {
namespace {

inline cell_bytes read_cell(const PGresult* result, int row, int column) noexcept {
    int length = PQgetlength(result, row, column);
    const char* const value = PQgetvalue(result, row, column);
    // A NULL has length 0 like an empty value, so most values need no third call.
    if (length == 0 && PQgetisnull(result, row, column) != 0) {
        length = -1;
    }
    return {reinterpret_cast<const std::byte*>(value), length};
}

bool text_columns_fit(const PGresult* result, std::span<const column_wish> wishes, const oid_number* types) noexcept {
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        if (PQfformat(result, static_cast<int>(i)) == 0 && !text_fits(types[i], wishes[i])) {
            return false;
        }
    }
    return true;
}

} // namespace

// One call for everything that is asked before rows are read, and the first row, which often is the only one.
int open_result(result_view view, std::span<const column_wish> wishes, oid_number* types, cell_bytes* cells) noexcept {
    const PGresult* const result = view.get();
    const int columns = static_cast<int>(wishes.size());
    if (PQnfields(result) != columns) {
        return mismatch;
    }
    const column_wish* wish = wishes.data();
    for (int column = 0; column < columns; ++column, ++wish) {
        const oid_number type = types[column] = PQftype(result, column);
        if (type != wish->oid && !wish->accepts(type)) {
            return mismatch;
        }
    }
    if (PQbinaryTuples(result) == 0 && !text_columns_fit(result, wishes, types)) {
        return mismatch;
    }
    const int rows = PQntuples(result);
    for (int column = 0; column < columns && rows > 0; ++column) {
        cells[column] = read_cell(result, 0, column);
    }
    return rows;
}

int result_view::rows() const noexcept { return PQntuples(result_); }

int result_view::columns() const noexcept { return PQnfields(result_); }

std::string_view result_view::column_name(int column) const noexcept {
    const char* const name = PQfname(result_, column);
    return name ? std::string_view(name) : std::string_view();
}

oid_number result_view::column_type(int column) const noexcept { return PQftype(result_, column); }

int result_view::column_format(int column) const noexcept { return PQfformat(result_, column); }

oid_number result_view::column_table(int column) const noexcept { return PQftable(result_, column); }

cell_bytes result_view::cell(int row, int column) const noexcept { return read_cell(result_, row, column); }

void result_view::cells(int row, int count, cell_bytes* out) const noexcept {
    const pg_result* const result = result_;
    for (int column = 0; column < count; ++column) {
        out[column] = read_cell(result, row, column);
    }
}

command_tag result_view::tag() const noexcept {
    // libpq has it const-less only because it once returned static storage.
    return command_tag(PQcmdStatus(const_cast<pg_result*>(result_)));
}

void clear_result(pg_result* result) noexcept { PQclear(result); }

} // namespace pgcoro::detail
