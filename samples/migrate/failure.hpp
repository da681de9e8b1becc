// SPDX-License-Identifier: BSL-1.0
// The ways in which a migration fails that are neither the server's nor the system's.
#pragma once

#include <pgcoro/error.hpp>

#include <string>
#include <type_traits>

namespace migrate {

enum class failure {
    wrong_usage = 1,  // arguments or the mapping file do not fit the source
    bad_source,       // the source cannot be read
    cannot_map,       // a column has no type at the target, or not the wanted one
    bad_value,        // a value does not fit its type at the target
    target_not_empty, // tables of the same names are there, and not from an earlier run
    mixed_snapshots,  // an earlier run has copied tables from another snapshot
    busy,             // another migration into the same target is running
    different,        // validation has found differences
};

boost::system::error_code make_error_code(failure f) noexcept;

/// Whether the server understood a statement and does not want it. Not: it is out of something, shuts down, is
/// gone, or takes no writes.
bool is_refusal(const pgcoro::error& why) noexcept;
/// Whether it does not want it because something of that name is there already.
bool is_taken_name(const pgcoro::error& why) noexcept;

inline pgcoro::error fail(failure f, std::string message) { return pgcoro::error(make_error_code(f), std::move(message)); }

} // namespace migrate

template <>
struct boost::system::is_error_code_enum<migrate::failure> : std::true_type {};
