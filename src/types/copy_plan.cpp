// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_plan.hpp>

#include <pgcoro/types/identifiers.hpp>
#include <pgcoro/types/text.hpp>

#include <string>

namespace pgcoro::detail {
namespace {

using enum copy_conversion;

int integer_size(oid_number type) noexcept {
    switch (type) {
    case oids::int2: return 2;
    case oids::int4: return 4;
    case oids::int8: return 8;
    default: return 0;
    }
}

copy_conversion from_integer(int size, oid_number to) noexcept {
    switch (to) {
    case oids::int4:
    case oids::int8: return size < integer_size(to) ? integer_to_integer : refused;
    case oids::float4: return size == 2 ? integer_to_float4 : refused;
    case oids::float8: return size <= 4 ? integer_to_float8 : refused;
    case oids::numeric: return integer_to_numeric;
    default: return refused;
    }
}

copy_conversion from_text(oid_number to, const type_catalogue& types) noexcept {
    switch (to) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::json:
    case oids::xml:
    case oids::refcursor: return none;
    case oids::jsonb: return text_to_jsonb;
    default: return is_users_text(to, types) ? none : refused;
    }
}

/// For types that are no arrays.
copy_conversion conversion_of(oid_number from, oid_number to, const type_catalogue& types) noexcept {
    if (from == to) {
        return none;
    }
    if (const int size = integer_size(from)) {
        return from_integer(size, to);
    }
    switch (from) {
    case oids::text: return from_text(to, types);
    case oids::float4: return to == oids::float8 ? float4_to_float8 : refused;
    case oids::jsonb: return to == oids::json ? jsonb_to_json : refused;
    case oids::varbit: return to == oids::bit ? none : refused; // the server checks the number of bits
    case oids::cidr: return to == oids::inet ? none : refused;
    case oids::oid: return stands_for_name(to) ? none : refused;
    default: return refused;
    }
}

/// These are arrays by their format, but are counted from 0.
bool is_vector(oid_number type) noexcept { return type == oids::int2vector || type == oids::oidvector; }

std::string describe_copied(result_view columns, int column) {
    return "column " + std::to_string(column + 1) + " \"" + std::string(columns.column_name(column)) + "\" (" +
           columns.types().describe(columns.column_type(column)) + ")";
}

/// The alternative that keeps a variant from being written.
const copy_requirement& culprit(const copy_requirement& requirement, oid_number to, const type_catalogue& types) noexcept {
    for (const auto& alternative : requirement.alternatives) {
        if (plan_copy(alternative, to, types).conversion == refused) {
            return culprit(alternative, to, types);
        }
    }
    return requirement;
}

} // namespace

copy_column plan_copy(oid_number from, oid_number to, const type_catalogue& types) noexcept {
    if (const auto conversion = conversion_of(from, to, types); conversion != refused) {
        return {from, to, conversion};
    }
    const auto element = types.element(to);
    const auto sent_element = types.element(from);
    if (element == oids::unspecified || sent_element == oids::unspecified || is_vector(to) ||
        conversion_of(sent_element, types.base(element), types) == refused) {
        return {from, to, refused};
    }
    return {from, to, array};
}

copy_column plan_copy(const copy_requirement& requirement, oid_number to, const type_catalogue& types) noexcept {
    const auto& sent_as = requirement.sent_as;
    if (requirement.is_open) {
        for (const auto& alternative : requirement.alternatives) {
            if (plan_copy(alternative, to, types).conversion == refused) {
                return {oids::unspecified, to, refused};
            }
        }
        return {oids::unspecified, to, none};
    }
    if (sent_as.sql_name.empty()) {
        return plan_copy(requirement.is_text ? oids::text : sent_as.oid, to, types);
    }
    const auto own = sent_as.is_array ? types.element(to) : to;
    if (own != oids::unspecified && types.is(own, sent_as.sql_name)) {
        return {to, to, sent_as.is_array ? array : none};
    }
    return requirement.is_text ? plan_copy(oids::text, to, types) : copy_column{oids::unspecified, to, refused};
}

error plan_copy(result_view columns, std::span<const copy_requirement> requirements, copy_column* out) {
    const int count = columns.columns();
    if (count != static_cast<int>(requirements.size())) {
        return error(errc::column_count_mismatch, "the COPY has " + std::to_string(count) + " column" +
                                                      (count == 1 ? "" : "s") + ", the row type has " +
                                                      std::to_string(requirements.size()));
    }
    for (int column = 0; column < count; ++column, ++out) {
        const auto& requirement = requirements[static_cast<std::size_t>(column)];
        const auto type = columns.column_type(column);
        *out = plan_copy(requirement, type, columns.types());
        if (out->conversion == refused) {
            return error(errc::type_mismatch, describe_copied(columns, column) + " cannot be written from " +
                                                  std::string(culprit(requirement, type, columns.types()).name));
        }
    }
    return {};
}

} // namespace pgcoro::detail
