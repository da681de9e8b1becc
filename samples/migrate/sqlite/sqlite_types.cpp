// SPDX-License-Identifier: BSL-1.0
#include "sqlite_types.hpp"

#include "failure.hpp"
#include "loose_values.hpp"
#include "target_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace migrate::sqlite {
namespace {

using rule = std::pair<std::string_view, std::string_view>;

// Whole names, before affinity.
constexpr std::array names{
    rule{"bool", "boolean"},       rule{"boolean", "boolean"},     rule{"date", "date"},
    rule{"datetime", "timestamp"}, rule{"timestamp", "timestamp"}, rule{"timestamptz", "timestamptz"},
    rule{"time", "time"},          rule{"uuid", "uuid"},           rule{"guid", "uuid"},
    rule{"json", "json"},          rule{"jsonb", "json"},          rule{"numeric", "numeric"},
    rule{"decimal", "numeric"},    rule{"number", "numeric"},      rule{"", "text"},
};

// SQLite's rules, in their order.
constexpr std::array affinities{
    rule{"int", "bigint"},
    rule{"char", "text"},
    rule{"clob", "text"},
    rule{"text", "text"},
    rule{"blob", "bytea"},
    rule{"real", "double precision"},
    rule{"floa", "double precision"},
    rule{"doub", "double precision"},
};

} // namespace

std::string postgres_type(std::string_view declared) {
    std::string name(declared.substr(0, declared.find('(')));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    name.erase(name.find_last_not_of(' ') + 1);
    for (const auto& [known, type] : names) {
        if (name == known) {
            return std::string(type);
        }
    }
    for (const auto& [part, type] : affinities) {
        if (name.find(part) != std::string::npos) {
            return std::string(type);
        }
    }
    return "text";
}

pgcoro::result<column_mapping> map_type(std::string_view declared, const std::optional<std::string>& wanted) {
    column_mapping m = mapping_to(wanted.value_or(postgres_type(declared)));
    const auto how = value_rule::for_type(m.type);
    if (how.is_exact()) {
        m.conversion = how.description();
    } else {
        m.canonical = canonical_form::none;
        m.is_number = false;
        m.conversion = "as text; only the number of values is compared";
    }
    return m;
}

} // namespace migrate::sqlite
