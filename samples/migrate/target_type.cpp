// SPDX-License-Identifier: BSL-1.0
#include "target_type.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace migrate {
namespace {

using renamed = std::pair<std::string_view, std::string_view>;

constexpr std::array other_names{
    renamed{"int2", "smallint"},
    renamed{"int4", "integer"},
    renamed{"int", "integer"},
    renamed{"int8", "bigint"},
    renamed{"decimal", "numeric"},
    renamed{"float4", "real"},
    renamed{"float8", "double precision"},
    renamed{"float", "double precision"},
    renamed{"bool", "boolean"},
    renamed{"character varying", "varchar"},
    renamed{"char", "character"},
    renamed{"bpchar", "character"},
    renamed{"timestamp with time zone", "timestamptz"},
    renamed{"timestamp without time zone", "timestamp"},
    renamed{"time with time zone", "timetz"},
    renamed{"time without time zone", "time"},
};

/// Without what is in parentheses, and with single spaces.
std::string simplified(std::string_view type) {
    std::string name;
    int depth = 0;
    for (const char c : type) {
        depth += c == '(' ? 1 : 0;
        if (depth == 0 && (c != ' ' || (!name.empty() && name.back() != ' '))) {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        depth -= c == ')' ? 1 : 0;
    }
    while (name.ends_with(' ')) {
        name.pop_back();
    }
    return name;
}

} // namespace

std::string base_type(std::string_view type) {
    if (type.find('"') != std::string_view::npos) {
        return std::string(type); // a type of the user's
    }
    std::string name = simplified(type);
    for (const auto& [from, to] : other_names) {
        if (name == from) {
            return std::string(to);
        }
    }
    return name;
}

column_mapping mapping_to(std::string type) {
    const std::string base = base_type(type);
    column_mapping m;
    m.type = std::move(type);
    m.is_number = base == "smallint" || base == "integer" || base == "bigint" || base == "numeric";
    if (base == "real" || base == "double precision") {
        m.canonical = canonical_form::float_bits;
    }
    return m;
}

} // namespace migrate
