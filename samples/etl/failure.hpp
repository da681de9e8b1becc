// SPDX-License-Identifier: BSL-1.0
// The ways in which a run fails that are neither the server's nor the system's.
#pragma once

#include <pgcoro/error.hpp>

#include <string>
#include <type_traits>

namespace etl {

enum class failure {
    bad_pipeline = 1, // the pipeline file does not fit the source or the target
    bad_source,       // the source as a whole cannot be read: one row at fault is a reject
    too_many_rejects,
    busy, // another run of the same pipeline goes on
};

boost::system::error_code make_error_code(failure f) noexcept;

inline pgcoro::error fail(failure f, std::string message) { return pgcoro::error(make_error_code(f), std::move(message)); }

/// An error of the system, about a file.
pgcoro::error file_error(int number, const std::string& file);

} // namespace etl

template <>
struct boost::system::is_error_code_enum<etl::failure> : std::true_type {};
