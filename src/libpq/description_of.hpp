// SPDX-License-Identifier: BSL-1.0
// What is asked of libpq's results where rows come piece by piece.
#pragma once

#include <pgcoro/detail/result_handle.hpp>

#include <libpq-fe.h>

#include <cstddef>
#include <new>

namespace pgcoro::libpq {

/// A result with the same columns and no rows.
inline detail::result_handle description_of(const PGresult* result) {
    detail::result_handle copy(PQcopyResult(result, PG_COPYRES_ATTRS));
    if (!copy) {
        throw std::bad_alloc();
    }
    return copy;
}

/// The bytes of memory that a result takes.
inline std::size_t memory_of(const PGresult* result) noexcept { return PQresultMemorySize(result); }

} // namespace pgcoro::libpq
