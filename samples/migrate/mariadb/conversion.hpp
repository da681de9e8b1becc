// SPDX-License-Identifier: BSL-1.0
// Which conversions there are from a type of MariaDB to one of PostgreSQL.
#pragma once

#include "mariadb/declared_type.hpp"
#include "mariadb/wanted_type.hpp"
#include "plan.hpp"

#include <optional>
#include <string>

namespace migrate::mariadb {

enum class conversion {
    none,            // digits and the like, that PostgreSQL prints as MariaDB does
    text,            // must be UTF-8 without NUL characters
    without_zeros,   // numbers that are filled up with zeros on the left
    to_boolean,      // 0 and 1
    bits_to_boolean, // one bit
    bits_to_digits,  // "0101"
    bits_to_number,
    to_real,
    to_double,
    to_exact_double, // from integers and decimals, if nothing is rounded
    date,
    date_time,     // to timestamp
    point_in_time, // to timestamp with time zone; the values are UTC
    interval,
    time_of_day,
    choice,           // one of the labels
    choices_to_array, // "a,b" to "{a,b}"
    json,             // to jsonb
    bytes,            // to bytea
    bytes_to_uuid,
    address, // to inet
};

struct conversion_rule {
    conversion how = conversion::none;
    canonical_form canonical = canonical_form::text;
    bool is_number = false;
};

/// Nothing if the values of `from` cannot become `to`.
std::optional<conversion_rule> find_conversion(const column_type& from, const target_type& to);

/// Zero dates can come out of it.
bool has_zero_dates(conversion how);

} // namespace migrate::mariadb
