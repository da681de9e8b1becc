// SPDX-License-Identifier: BSL-1.0
// Values of MariaDB as PostgreSQL reads them, and as it prints them.
#pragma once

#include "mariadb/conversion.hpp"
#include "mariadb/settings.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace migrate::mariadb {

/// What COPY gets, and what PostgreSQL makes of it: see `canonical_form`. They point into the value or into the converter.
struct converted_text {
    std::string_view sent;
    std::string_view canonical;
};

/// Why a value cannot be converted.
struct defect {
    std::string reason; // "is not valid UTF-8"; completes a sentence that begins with the value
    bool is_zero_date = false;
};

using converted = std::variant<converted_text, double, float, defect>;

/// Converts the values of one column.
class value_converter {
public:
    value_converter(conversion how, column_type from, invalid_text invalid)
        : how_(how), from_(std::move(from)), invalid_(invalid) {}

    /// The result is valid until the next call, and as long as `value`.
    converted convert(std::string_view value);

private:
    converted same(std::string_view text) const { return converted_text{text, text}; }
    converted made(std::string text);
    converted text(std::string_view value);
    converted label(std::string_view value);
    converted json(std::string_view value);
    converted date(std::string_view value);
    converted point_in_time(std::string_view value);

    conversion how_;
    column_type from_;
    invalid_text invalid_;
    std::string made_;
    std::string canonical_;
};

} // namespace migrate::mariadb
