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

struct member {
    std::string_view type;
    family is;
};

constexpr std::array members{
    member{"smallint", family::number},    member{"integer", family::number}, member{"bigint", family::number},
    member{"numeric", family::number},     member{"real", family::floating},  member{"double precision", family::floating},
    member{"text", family::text},          member{"varchar", family::text},   member{"character", family::text},
    member{"name", family::text},          member{"date", family::moment},    member{"timestamp", family::moment},
    member{"timestamptz", family::moment}, member{"time", family::time},      member{"timetz", family::time},
    member{"interval", family::interval},  member{"boolean", family::exact},  member{"uuid", family::exact},
    member{"json", family::exact},         member{"jsonb", family::exact},    member{"xml", family::exact},
    member{"bytea", family::exact},
};

family family_of(const std::string& base) {
    const auto found = std::ranges::find(members, base, &member::type);
    return found == members.end() ? family::other : found->is;
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

pgcoro::result<way_back> find_way_back(const std::string& from, const std::string& to) {
    using enum family;
    const std::string old_base = base_type(from);
    const std::string new_base = base_type(to);
    const family f = family_of(old_base);
    const family t = family_of(new_base);
    if (f == moment && is_any(t, {time})) {
        return fail(failure::cannot_map, from + " cannot become " + to + " without losing its date");
    }
    if (f == text) {
        return from_text(t, new_base);
    }
    if (f == number && is_any(t, {number, floating, text})) {
        return by_value("numeric");
    }
    if ((f == floating && is_any(t, {number, floating, text})) || (f == moment && is_any(t, {moment, text})) ||
        (f == time && is_any(t, {time, text, interval}))) {
        return by_value(from);
    }
    if (old_base == new_base && old_base.ends_with("[]")) {
        return by_value(from);
    }
    if (old_base == new_base || t == text || (f == interval && t == time)) {
        return by_text(from);
    }
    return way_back{{}, false, t != exact};
}

std::string sent_text(const std::string& quoted_name) {
    return "(case num_nulls(" + quoted_name + ") when 0 then concat(" + quoted_name + ") end)";
}

std::string is_changed(const column_plan& c) {
    const std::string name = migrate::quoted(c.from->name);
    const std::string& type = c.mapping.compared_as.type;
    const std::string old_value = sent_text(name) + "::" + type;
    const std::string new_value = "concat(" + sent_text(name) + "::" + c.mapping.type + ")::" + type;
    if (c.mapping.compared_as.is_by_text) {
        return "case num_nulls(" + name + ") when 0 then concat(" + old_value + ") <> concat(" + new_value + ") else false end";
    }
    return "case num_nulls(" + name + ") when 0 then " + old_value + " <> " + new_value + " else false end";
}

} // namespace migrate
