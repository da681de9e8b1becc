// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/result_view.hpp>

#include <pgcoro/detail/row_plan.hpp>

#include <libpq-fe.h>

namespace pgcoro::detail {
namespace {

bool text_columns_fit(const PGresult* result, std::span<const column_requirement> requirements,
                      const oid_number* types) noexcept {
    for (std::size_t i = 0; i < requirements.size(); ++i) {
        if (PQfformat(result, static_cast<int>(i)) == 0 && !text_fits(types[i], requirements[i])) {
            return false;
        }
    }
    return true;
}

} // namespace

constexpr value_functions libpq_value = {&PQgetlength, &PQgetvalue};

namespace {

[[gnu::noinline, gnu::hot]] int open_columns(result_view view, std::span<const column_requirement> requirements,
                                             oid_number* types) noexcept {
    const PGresult* const result = view.get();
    const int columns = static_cast<int>(requirements.size());
    if (PQnfields(result) != columns) {
        return mismatch;
    }
    const column_requirement* requirement = requirements.data();
    for (int column = 0; column < columns; ++column, ++requirement) {
        const oid_number type = types[column] = PQftype(result, column);
        if (type != requirement->oid && !requirement->accepts(type, view.types())) {
            return mismatch;
        }
    }
    if (PQbinaryTuples(result) == 0 && !text_columns_fit(result, requirements, types)) {
        return mismatch;
    }
    return PQntuples(result);
}

} // namespace

// One call for everything that is asked before rows are read. Single values are the most frequent, and need no loop.
[[gnu::hot]] int open_result(result_view view, std::span<const column_requirement> requirements, oid_number* types) noexcept {
    const PGresult* const result = view.get();
    if (requirements.size() != 1 || PQbinaryTuples(result) == 0) {
        return open_columns(view, requirements, types);
    }
    if (PQnfields(result) != 1) {
        return mismatch;
    }
    types[0] = PQftype(result, 0);
    return types[0] == requirements[0].oid || requirements[0].accepts(types[0], view.types()) ? PQntuples(result) : mismatch;
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

int result_view::empty_or_null(int row, int column) const noexcept { return PQgetisnull(result_, row, column) != 0 ? -1 : 0; }

command_tag result_view::tag() const noexcept {
    // libpq has it const-less only because it once returned static storage.
    return command_tag(PQcmdStatus(const_cast<pg_result*>(result_)));
}

[[gnu::hot]] void clear_result(pg_result* result) noexcept { PQclear(result); }

} // namespace pgcoro::detail
