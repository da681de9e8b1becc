// SPDX-License-Identifier: BSL-1.0
// Rows of several results in one, for a rowset that is none of the results that came.
#include <pgcoro/detail/cursor_rows.hpp>

#include <libpq-fe.h>

#include <new>
#include <string_view>

namespace pgcoro::detail {

bool have_same_columns(const pg_result* a, const pg_result* b) noexcept {
    if (PQnfields(a) != PQnfields(b)) {
        return false;
    }
    for (int column = 0, columns = PQnfields(a); column < columns; ++column) {
        if (PQfformat(a, column) != PQfformat(b, column) || PQftype(a, column) != PQftype(b, column)) {
            return false;
        }
    }
    return true;
}

result_handle join_rows(std::span<const row_range> ranges) {
    result_handle made(PQcopyResult(ranges.front().result, PG_COPYRES_ATTRS));
    if (!made) {
        throw std::bad_alloc();
    }
    const int columns = PQnfields(made.get());
    int row = 0;
    for (const auto& [result, first, count] : ranges) {
        for (int from = first; from < first + count; ++from, ++row) {
            for (int column = 0; column < columns; ++column) {
                const int length = PQgetisnull(result, from, column) != 0 ? -1 : PQgetlength(result, from, column);
                if (PQsetvalue(made.get(), row, column, PQgetvalue(result, from, column), length) == 0) {
                    throw std::bad_alloc();
                }
            }
        }
    }
    return made;
}

struct rowset_access {
    static const pg_result* result(const rowset& rows) noexcept { return rows.result_.get(); }
    static type_catalogue_ptr types(const rowset& rows) noexcept { return rows.types_; }
};

/// Ends early where the formats of the columns change: with types that have no binary output, they depend on the values.
template <>
rowset cursor_rows<rowset>::take(std::size_t wanted) {
    if (is_whole(wanted)) {
        return take_whole();
    }
    if (wanted == 0) {
        return rowset();
    }
    std::vector<row_range> ranges;
    type_catalogue_ptr types;
    const pg_result* const first = rowset_access::result(chunks_.front());
    std::size_t at = first_;
    for (auto chunk = chunks_.begin(); wanted != 0 && chunk != chunks_.end(); ++chunk, at = 0) {
        const std::size_t count = std::min(wanted, chunk->size() - at);
        const pg_result* const result = rowset_access::result(*chunk);
        if (!have_same_columns(first, result)) {
            break;
        }
        ranges.push_back({result, static_cast<int>(at), static_cast<int>(count)});
        types = rowset_access::types(*chunk); // the later, the more is known
        wanted -= count;
    }
    rowset rows(join_rows(ranges), std::move(types));
    skip(rows.size());
    return rows;
}

} // namespace pgcoro::detail
