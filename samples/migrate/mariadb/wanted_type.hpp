// SPDX-License-Identifier: BSL-1.0
// A type of PostgreSQL as somebody writes it, by any of its names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace migrate::mariadb {

enum class target_family {
    boolean,
    integer, // smallint to bigint
    numeric,
    real,
    double_precision,
    bit_string,
    text,
    text_array,
    bytea,
    date,
    timestamp,
    timestamptz,
    time,
    interval,
    uuid,
    inet,
    json,
    jsonb,
    other,
};

struct target_type {
    target_family family = target_family::other;
    std::optional<std::int64_t> length; // or precision
    std::optional<std::int64_t> scale;
};

/// Reads "numeric(8,2)", "timestamp(3) with time zone", "INT8".
target_type parse_target_type(std::string_view text);

} // namespace migrate::mariadb
