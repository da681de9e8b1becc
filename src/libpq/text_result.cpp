// SPDX-License-Identifier: BSL-1.0
// A result that came in the text format, once more in binary: column by column, for libpq's PGresult knows a format for each.
#include <pgcoro/detail/binary_form.hpp>

#include <libpq-fe.h>

#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro::detail {
namespace {

constexpr int text_format = 0;
constexpr int binary_format = 1;

std::string_view text_at(const PGresult* result, int row, int column) noexcept {
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

/// Whether there are values, and the types of all of them have a binary form that we make.
bool can_be_binary(const PGresult* result, int column, const type_catalogue& types) {
    byte_buffer bytes;
    for (int row = 0, rows = PQntuples(result); row < rows; ++row) {
        if (PQgetisnull(result, row, column) == 0) {
            value_writer out(bytes);
            if (write_binary_form(PQftype(result, column), text_at(result, row, column), types, out) != errc{}) {
                return false;
            }
            bytes.truncate(0);
        }
    }
    return true;
}

/// The format each column is to have, or nothing if all keep theirs.
std::vector<int> better_formats(const PGresult* result, const type_catalogue& types) {
    std::vector<int> formats;
    bool is_better = false;
    for (int column = 0, columns = PQnfields(result); column < columns; ++column) {
        const int before = PQfformat(result, column);
        const bool changes = before == text_format && can_be_binary(result, column, types);
        is_better = is_better || changes;
        formats.push_back(changes ? binary_format : before);
    }
    if (!is_better) {
        formats.clear();
    }
    return formats;
}

[[noreturn]] void no_memory() { throw std::bad_alloc(); }

result_handle without_rows(const PGresult* result, const std::vector<int>& formats) {
    result_handle made(PQcopyResult(result, 0)); // with its command tag
    std::vector<PGresAttDesc> columns;
    for (int column = 0; const int format : formats) {
        columns.push_back({PQfname(result, column), PQftable(result, column), PQftablecol(result, column), format,
                           PQftype(result, column), PQfsize(result, column), PQfmod(result, column)});
        ++column;
    }
    if (!made || PQsetResultAttrs(made.get(), static_cast<int>(columns.size()), columns.data()) == 0) {
        no_memory();
    }
    return made;
}

} // namespace

bool has_text_columns(const pg_result* result) noexcept { return PQnfields(result) != 0 && PQbinaryTuples(result) == 0; }

result_handle in_binary(result_handle result, const type_catalogue& types) {
    const auto formats = better_formats(result.get(), types);
    if (formats.empty()) {
        return result;
    }
    result_handle made = without_rows(result.get(), formats);
    byte_buffer bytes;
    for (int row = 0, rows = PQntuples(result.get()); row < rows; ++row) {
        for (int column = 0; const int format : formats) {
            char* value = PQgetvalue(result.get(), row, column);
            int length = PQgetisnull(result.get(), row, column) != 0 ? -1 : PQgetlength(result.get(), row, column);
            if (length >= 0 && format != PQfformat(result.get(), column)) {
                bytes.truncate(0);
                value_writer out(bytes);
                static_cast<void>(
                    write_binary_form(PQftype(result.get(), column), text_at(result.get(), row, column), types, out));
                value = reinterpret_cast<char*>(bytes.data());
                length = static_cast<int>(bytes.size());
            }
            if (PQsetvalue(made.get(), row, column, value, length) == 0) {
                no_memory();
            }
            ++column;
        }
    }
    return made;
}

} // namespace pgcoro::detail
