// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/result_view.hpp>

#include <libpq-fe.h>

namespace pgcoro::detail {

int result_view::rows() const noexcept { return PQntuples(result_); }

int result_view::columns() const noexcept { return PQnfields(result_); }

std::string_view result_view::column_name(int column) const noexcept {
    const char* const name = PQfname(result_, column);
    return name ? std::string_view(name) : std::string_view();
}

oid_number result_view::column_type(int column) const noexcept { return PQftype(result_, column); }

int result_view::column_format(int column) const noexcept { return PQfformat(result_, column); }

oid_number result_view::column_table(int column) const noexcept { return PQftable(result_, column); }

cell_bytes result_view::cell(int row, int column) const noexcept {
    const int length = PQgetlength(result_, row, column);
    const char* const value = PQgetvalue(result_, row, column);
    // A NULL has length 0 like an empty value, so most values need no third call.
    const bool null = length == 0 && PQgetisnull(result_, row, column) != 0;
    return {reinterpret_cast<const std::byte*>(value), null ? -1 : length};
}

command_tag result_view::tag() const noexcept {
    // libpq has it const-less only because it once returned static storage.
    return command_tag(PQcmdStatus(const_cast<pg_result*>(result_)));
}

void clear_result(pg_result* result) noexcept { PQclear(result); }

} // namespace pgcoro::detail
