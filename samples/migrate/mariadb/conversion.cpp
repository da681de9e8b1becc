// SPDX-License-Identifier: BSL-1.0
#include "mariadb/conversion.hpp"

namespace migrate::mariadb {
namespace {

using rule = std::optional<conversion_rule>;
using to_family = target_family;

rule as(conversion how, canonical_form canonical = canonical_form::text) { return conversion_rule{how, canonical, false}; }
rule as_number(conversion how, canonical_form canonical = canonical_form::text) {
    return conversion_rule{how, canonical, canonical == canonical_form::text};
}
rule as_float(conversion how) { return conversion_rule{how, canonical_form::float_bits, false}; }

bool is_filled_with_zeros(const column_type& from) { return from.text.ends_with("zerofill"); }

/// What PostgreSQL makes of it has the digits that MariaDB shows.
canonical_form with_scale(std::int64_t scale, const target_type& to) {
    const bool is_the_same = !to.length || to.scale.value_or(0) == scale;
    return is_the_same ? canonical_form::text : canonical_form::none;
}

rule of_integer(const column_type& from, const target_type& to) {
    const auto how = is_filled_with_zeros(from) || from.base == "year" ? conversion::without_zeros : conversion::none;
    switch (to.family) {
    case to_family::boolean: return as(conversion::to_boolean);
    case to_family::integer: return as_number(how);
    case to_family::numeric: return as_number(how, with_scale(0, to));
    case to_family::double_precision: return as_float(conversion::to_exact_double);
    case to_family::text: return as(conversion::none);
    default: return std::nullopt;
    }
}

rule of_decimal(const column_type& from, const target_type& to) {
    const auto how = is_filled_with_zeros(from) ? conversion::without_zeros : conversion::none;
    const auto scale = from.scale.value_or(0);
    switch (to.family) {
    case to_family::integer: return scale == 0 ? as_number(how) : std::nullopt;
    case to_family::numeric: return as_number(how, with_scale(scale, to));
    case to_family::double_precision: return as_float(conversion::to_exact_double);
    case to_family::text: return as(conversion::none);
    default: return std::nullopt;
    }
}

rule of_floating_point(type_family from, const target_type& to) {
    switch (to.family) {
    case to_family::real: return from == type_family::real ? as_float(conversion::to_real) : std::nullopt;
    case to_family::double_precision: return as_float(conversion::to_double);
    case to_family::numeric: return as(conversion::none, canonical_form::none);
    case to_family::text: return as(conversion::none);
    default: return std::nullopt;
    }
}

rule of_bits(const column_type& from, const target_type& to) {
    switch (to.family) {
    case to_family::boolean: return from.length == 1 ? as(conversion::bits_to_boolean) : std::nullopt;
    case to_family::bit_string: return as(conversion::bits_to_digits);
    case to_family::integer: return as_number(conversion::bits_to_number);
    case to_family::numeric: return as_number(conversion::bits_to_number, with_scale(0, to));
    case to_family::bytea: return as(conversion::bytes);
    default: return std::nullopt;
    }
}

/// The server rounds to fewer digits than there are.
canonical_form with_digits_of(const column_type& from, const target_type& to) {
    return to.length.value_or(6) >= from.length.value_or(0) ? canonical_form::text : canonical_form::none;
}

rule of_time(type_family from, const column_type& type, const target_type& to) {
    const auto canonical = with_digits_of(type, to);
    const bool has_date_and_time = from == type_family::date_time || from == type_family::timestamp;
    switch (to.family) {
    case to_family::date: return from == type_family::date ? as(conversion::date) : std::nullopt;
    case to_family::timestamp: return has_date_and_time ? as(conversion::date_time, canonical) : std::nullopt;
    case to_family::timestamptz: return has_date_and_time ? as(conversion::point_in_time, canonical) : std::nullopt;
    case to_family::interval: return from == type_family::time ? as(conversion::interval, canonical) : std::nullopt;
    case to_family::time: return from == type_family::time ? as(conversion::time_of_day, canonical) : std::nullopt;
    case to_family::text: return as(conversion::none); // zero dates too
    default: return std::nullopt;
    }
}

/// PostgreSQL reads the text, and prints it in its own way.
rule of_text(conversion how, const target_type& to) {
    switch (to.family) {
    case to_family::text:
    case to_family::json: return as(how);
    case to_family::jsonb: return as(conversion::json);
    case to_family::bytea:
    case to_family::text_array: return std::nullopt;
    default: return as(how, canonical_form::none);
    }
}

rule of_choices(const target_type& to) {
    switch (to.family) {
    case to_family::text_array: return as(conversion::choices_to_array);
    case to_family::text: return as(conversion::text);
    default: return std::nullopt;
    }
}

rule of_bytes(const column_type& from, const target_type& to) {
    switch (to.family) {
    case to_family::bytea: return as(conversion::bytes);
    case to_family::text: return as(conversion::text);
    case to_family::uuid: return from.length == 16 ? as(conversion::bytes_to_uuid) : std::nullopt;
    default: return std::nullopt;
    }
}

rule of_special(to_family wanted, conversion how, const target_type& to) {
    if (to.family == wanted) {
        return as(how);
    }
    return to.family == to_family::text ? as(conversion::none) : std::nullopt;
}

} // namespace

std::optional<conversion_rule> find_conversion(const column_type& from, const target_type& to) {
    const auto family = family_of(from);
    switch (family) {
    case type_family::integer:
    case type_family::year: return of_integer(from, to);
    case type_family::decimal: return of_decimal(from, to);
    case type_family::real:
    case type_family::double_precision: return of_floating_point(family, to);
    case type_family::bits: return of_bits(from, to);
    case type_family::date:
    case type_family::date_time:
    case type_family::timestamp:
    case type_family::time: return of_time(family, from, to);
    case type_family::text: return of_text(conversion::text, to);
    case type_family::json: return of_text(conversion::text, to);
    case type_family::choice: return of_text(conversion::choice, to);
    case type_family::choices: return of_choices(to);
    case type_family::bytes: return of_bytes(from, to);
    case type_family::uuid: return of_special(to_family::uuid, conversion::none, to);
    case type_family::address: return of_special(to_family::inet, conversion::address, to);
    case type_family::geometry: return to.family == to_family::bytea ? as(conversion::bytes) : std::nullopt;
    case type_family::unknown: return std::nullopt;
    }
    return std::nullopt;
}

bool has_zero_dates(conversion how) {
    return how == conversion::date || how == conversion::date_time || how == conversion::point_in_time;
}

} // namespace migrate::mariadb
