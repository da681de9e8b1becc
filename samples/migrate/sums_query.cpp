// SPDX-License-Identifier: BSL-1.0
#include "sums_query.hpp"

#include "failure.hpp"
#include "kept_values.hpp"
#include "sql_text.hpp"
#include "target_type.hpp"

#include <algorithm>
#include <charconv>

namespace migrate {
namespace {

/// A subquery has no room for more columns than 1664, and most tables have two for each of theirs.
constexpr std::size_t most_columns = 800;

/// The value of a column, with the type that it has at the target.
std::string value_of(const column_plan& c, side s, const std::string& name) {
    return s == side::source && c.is_overridden ? sent_text(name) + "::" + c.mapping.type : name;
}

std::string number_of(const column_plan& c, side s, const std::string& name) {
    const std::string value = value_of(c, s, name);
    return base_type(c.mapping.type) == "numeric" ? value : value + "::bigint"; // a sum of integer could overflow
}

/// A text whose bytes are those of UTF-8. Of encodings with several bytes for a character, the server refuses them.
std::string in_utf8(const std::string& text, std::string_view encoding) {
    const auto is = [&](std::string_view group) { return encoding.starts_with(group); };
    const bool is_of_bytes = is("LATIN") || is("WIN") || is("ISO_8859") || is("KOI8");
    return is_of_bytes ? "convert_from(convert_to(" + text + ", 'UTF8'), 'SQL_ASCII')" : text;
}

/// A name for the whole row that no column has.
std::string row_name(const table_plan& t) {
    std::string name = "whole row";
    while (std::ranges::any_of(t.columns, [&](const column_plan& c) { return c.from->name == name; })) {
        name += '_';
    }
    return sql_name(name);
}

std::optional<std::uint64_t> read_count(const std::optional<std::string>& text) {
    std::uint64_t count = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), count).ec != std::errc()) {
        return std::nullopt;
    }
    return count;
}

} // namespace

std::string canonical_text(const column_plan& c, side s) {
    const std::string value = value_of(c, s, sql_name(c.from->name));
    if (c.mapping.canonical != canonical_form::float_bits) {
        return value + "::text";
    }
    const bool is_short = base_type(c.mapping.type) == "real";
    return std::string("encode(") + (is_short ? "float4send(" : "float8send(") + value + "), 'hex')";
}

std::string sums_query(const table_plan& t, side s, std::string_view encoding) {
    const bool is_wide = t.columns.size() > most_columns;
    const std::string row = row_name(t);
    std::string of_rows; // hashes and numbers of each row
    std::string sums = "count(*)::text";
    std::string row_hash = "0::bigint";
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        const column_plan& c = t.columns[i];
        const std::string number = std::to_string(i + 1);
        const std::string hash = "h" + number;
        of_rows += i == 0 ? "" : ", ";
        if (c.mapping.canonical == canonical_form::none) {
            of_rows += "case when " + sql_name(c.from->name) + " is not null then 1 end as " + hash;
        } else {
            of_rows +=
                "hashtextextended(" + in_utf8(canonical_text(c, s), encoding) + " collate \"C\", " + number + ") as " + hash;
            row_hash += " # coalesce(" + hash + ", " + number + ")";
        }
        sums += ", count(" + hash + ")::text";
        sums += c.mapping.canonical == canonical_form::none ? ", ''" : ", coalesce(sum(" + hash + "), 0)::text";
        if (c.mapping.is_number) {
            const std::string of_whole = number_of(c, s, "(r." + row + ")." + sql_name(c.from->name));
            of_rows += is_wide ? "" : ", " + number_of(c, s, sql_name(c.from->name)) + " as n" + number;
            sums += ", coalesce(trim_scale(sum(" + (is_wide ? of_whole : "n" + number) + ")), 0)::text";
        } else {
            sums += ", ''";
        }
    }
    sums += ", coalesce(sum(" + row_hash + "), 0)::text";
    // OFFSET 0 keeps the planner from computing a hash once for each place where it is used.
    return "select array[" + sums + "] from (select " + of_rows + (is_wide ? ", " + row : "") + " from only " +
           sql_name(s == side::source ? t.from->name : t.target) + " as " + row + " offset 0) as r";
}

std::vector<std::size_t> cast_columns(const table_plan& t) {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        if (!t.columns[i].mapping.compared_as.type.empty()) {
            numbers.push_back(i);
        }
    }
    return numbers;
}

std::string changes_query(const table_plan& t) {
    std::string list;
    for (const std::size_t i : cast_columns(t)) {
        const column_plan& c = t.columns[i];
        const std::string filter = " filter (where " + is_changed(c) + ")";
        list += (list.empty() ? "" : ", ") + std::string("(count(*)") + filter + ")::text, min(" +
                sent_text(sql_name(c.from->name)) + " collate \"C\")" + filter;
    }
    return "select array[" + list + "] from only " + sql_name(t.from->name);
}

pgcoro::result<table_sums> read_sums(const table_plan& t, const std::vector<std::optional<std::string>>& values) {
    table_sums sums;
    const auto rows = values.empty() ? std::nullopt : read_count(values[0]);
    if (!rows || values.size() != 2 + 3 * t.columns.size()) {
        return fail(failure::bad_source, "the server gave no checksums of " + describe(t.target));
    }
    sums.rows = *rows;
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        column_sums c;
        c.values = read_count(values[3 * i + 1]).value_or(0);
        c.checksum = values[3 * i + 2].value_or("");
        c.sum = values[3 * i + 3].value_or("");
        sums.columns.push_back(std::move(c));
    }
    sums.row_checksum = values.back().value_or("");
    return sums;
}

pgcoro::result<> read_changes(const table_plan& t, const std::vector<std::optional<std::string>>& values, table_sums& sums) {
    const auto columns = cast_columns(t);
    if (values.size() != 2 * columns.size() || sums.columns.size() != t.columns.size()) {
        return fail(failure::bad_source, "the server did not count what the types change in " + describe(t.target));
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        column_sums& c = sums.columns[columns[i]];
        c.changed = read_count(values[2 * i]).value_or(0);
        c.one_changed = values[2 * i + 1].value_or("");
    }
    return pgcoro::success();
}

} // namespace migrate
