// SPDX-License-Identifier: BSL-1.0
// The numbers that `value_writer` leaves open.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/value_writer.hpp>

namespace pgcoro::detail {

/// The number of a type known by name, in what the server has told. Errors: those of `parameters::fill_in`.
error find_number(const type_catalogue& types, const value_writer::missing_type& wanted, oid_number& number);

} // namespace pgcoro::detail
