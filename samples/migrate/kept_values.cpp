// SPDX-License-Identifier: BSL-1.0
#include "kept_values.hpp"

#include "failure.hpp"
#include "sql_text.hpp"
#include "target_type.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace migrate {
namespace {

enum class family {
    number,
    floating,
    text,
    moment,
    time,
    interval,
    exact, // its input refuses what it cannot represent
    other,
};

struct known_type {
    std::string_view name;
    family is;
};

constexpr std::array known_types{
    known_type{"smallint", family::number},    known_type{"integer", family::number},
    known_type{"bigint", family::number},      known_type{"numeric", family::number},
    known_type{"real", family::floating},      known_type{"double precision", family::floating},
    known_type{"text", family::text},          known_type{"varchar", family::text},
    known_type{"character", family::text},     known_type{"name", family::text},
    known_type{"date", family::moment},        known_type{"timestamp", family::moment},
    known_type{"timestamptz", family::moment}, known_type{"time", family::time},
    known_type{"timetz", family::time},        known_type{"interval", family::interval},
    known_type{"boolean", family::exact},      known_type{"uuid", family::exact},
    known_type{"json", family::exact},         known_type{"jsonb", family::exact},
    known_type{"xml", family::exact},          known_type{"bytea", family::exact},
};

family family_of(const std::string& base) {
    const auto found = std::ranges::find(known_types, base, &known_type::name);
    return found == known_types.end() ? family::other : found->is;
}

bool is_any(family f, std::initializer_list<family> list) { return std::ranges::find(list, f) != list.end(); }

way_back by_value(std::string type) { return {std::move(type), false, false}; }
way_back by_text(std::string type) { return {std::move(type), true, false}; }

/// From a text, of which nobody knows what it means.
way_back from_text(family to, const std::string& base) {
    switch (to) {
    case family::number:
    case family::floating: return by_value("numeric");
    case family::moment: return by_value("timestamptz");
    case family::time: return by_value(base);
    case family::interval: return by_text("interval");
    case family::exact: return {};
    case family::text:
    case family::other: break;
    }
    return to == family::text ? by_text("text") : way_back{{}, false, true};
}

} // namespace

pgcoro::result<way_back> find_way_back(const column_type& from, const std::string& to) {
    using enum family;
    const std::string old_base = base_type(from.base);
    const std::string new_base = base_type(to);
    const family f = family_of(old_base);
    const family t = family_of(new_base);
    if (f == moment && t == time) {
        return fail(failure::cannot_map, from.base + " cannot become " + to + " without losing its date");
    }
    if (f == text) {
        return from_text(t, new_base);
    }
    if (f == number && is_any(t, {number, floating, text})) {
        return by_value("numeric");
    }
    if ((f == floating && is_any(t, {number, floating, text})) || (f == moment && is_any(t, {moment, text})) ||
        (f == time && is_any(t, {time, text, interval}))) {
        return by_value(from.unlimited);
    }
    if (old_base == new_base && old_base.ends_with("[]")) {
        return by_value(from.unlimited);
    }
    if (old_base == new_base || t == text || (f == interval && t == time)) {
        return by_text(from.unlimited);
    }
    return way_back{{}, false, t != exact};
}

std::string sent_text(const std::string& quoted_name) {
    return "(case num_nulls(" + quoted_name + ") when 0 then concat(" + quoted_name + ") end)";
}

std::string is_changed(const column_plan& c) {
    const std::string name = sql_name(c.from->name);
    const std::string& type = c.mapping.compared_as.type;
    const std::string old_value = sent_text(name) + "::" + type;
    const std::string new_value = "concat(" + sent_text(name) + "::" + c.mapping.type + ")::" + type;
    if (c.mapping.compared_as.is_by_text) {
        return "case num_nulls(" + name + ") when 0 then concat(" + old_value + ") <> concat(" + new_value + ") else false end";
    }
    return "case num_nulls(" + name + ") when 0 then " + old_value + " <> " + new_value + " else false end";
}

} // namespace migrate
