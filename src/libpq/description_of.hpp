// SPDX-License-Identifier: BSL-1.0
// What is asked of libpq's results where rows come piece by piece.
#pragma once

#include <pgcoro/detail/result_handle.hpp>

#include <libpq-fe.h>

#include <cstddef>
#include <new>
#include <vector>

namespace pgcoro::libpq {

/// A result with the same columns and no rows.
inline detail::result_handle description_of(const PGresult* result) {
    detail::result_handle copy(PQcopyResult(result, PG_COPYRES_ATTRS));
    if (!copy) {
        throw std::bad_alloc();
    }
    return copy;
}

/// The same, but with all columns in the binary format: a statement that is only described has them as text, and rows that come
/// by a binary COPY are not text.
inline detail::result_handle binary_description_of(const PGresult* result) {
    std::vector<PGresAttDesc> columns;
    for (int column = 0, count = PQnfields(result); column < count; ++column) {
        columns.push_back({PQfname(result, column), PQftable(result, column), PQftablecol(result, column), 1,
                           PQftype(result, column), PQfsize(result, column), PQfmod(result, column)});
    }
    detail::result_handle copy(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    if (!copy || PQsetResultAttrs(copy.get(), static_cast<int>(columns.size()), columns.data()) == 0) {
        throw std::bad_alloc();
    }
    return copy;
}

/// The bytes of memory that a result takes.
inline std::size_t memory_of(const PGresult* result) noexcept { return PQresultMemorySize(result); }

} // namespace pgcoro::libpq
