// SPDX-License-Identifier: BSL-1.0
// A column's type as MariaDB writes it.
#pragma once

#include "schema.hpp"

#include <string_view>

namespace migrate::mariadb {

/// Reads information_schema's COLUMN_TYPE: "int(10) unsigned", "decimal(8,2)", "enum('a','b''c')".
column_type parse_type(std::string_view text);

/// What a type's values are.
enum class type_family {
    integer,
    year,
    decimal,
    real,             // float
    double_precision, // double
    bits,
    date,
    date_time, // without a time zone
    timestamp, // a point in time
    time,
    text,
    choice,  // enum
    choices, // set
    json,
    bytes,
    uuid,
    address, // inet4, inet6
    geometry,
    unknown,
};

type_family family_of(const column_type& t);

} // namespace migrate::mariadb
