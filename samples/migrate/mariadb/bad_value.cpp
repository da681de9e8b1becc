// SPDX-License-Identifier: BSL-1.0
#include "mariadb/bad_value.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <algorithm>

namespace migrate::mariadb {
namespace {

std::string shown(std::string_view value) {
    constexpr std::size_t limit = 60;
    std::string text = pgcoro::detail::clean_utf8(value, limit);
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return text;
}

} // namespace

bool becomes_null(const defect& d, const column_plan& c, zero_dates dates, bad_values values) {
    const bool may_be_null = !c.from->is_required || c.mapping.may_become_null;
    const bool is_wanted = values == bad_values::null || (d.is_zero_date && dates != zero_dates::fail);
    return may_be_null && is_wanted;
}

row_name::row_name(const table_plan& plan) {
    if (!plan.from->primary_key) {
        return;
    }
    for (const std::string& name : plan.from->primary_key->columns) {
        const auto found =
            std::find_if(plan.columns.begin(), plan.columns.end(), [&](const column_plan& c) { return c.from->name == name; });
        if (found != plan.columns.end()) {
            key_.emplace_back(name, static_cast<std::size_t>(found - plan.columns.begin()));
        }
    }
}

std::string row_name::of(std::span<const field> values, std::uint64_t number) const {
    if (key_.empty()) {
        return "row " + std::to_string(number);
    }
    std::string text;
    for (const auto& [name, at] : key_) {
        text += (text.empty() ? "" : ", ") + name + " = " + (values[at] ? shown(*values[at]) : "null");
    }
    return text;
}

std::string describe_bad_value(const std::string& row, std::string_view value, const defect& d) {
    return row + ": the value \"" + shown(value) + "\" " + d.reason;
}

} // namespace migrate::mariadb
