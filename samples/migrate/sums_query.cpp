// SPDX-License-Identifier: BSL-1.0
#include "sums_query.hpp"

#include "failure.hpp"
#include "sql_text.hpp"
#include "target_type.hpp"

#include <charconv>

namespace migrate {
namespace {

/// The value of a column, with the type that it has at the target.
std::string value_of(const column_plan& c, side s) {
    const std::string name = quoted(c.from->name);
    return s == side::source && c.is_overridden ? name + "::text::" + c.mapping.type : name;
}

std::string number_of(const column_plan& c, side s) {
    const std::string value = value_of(c, s);
    return base_type(c.mapping.type) == "numeric" ? value : value + "::bigint"; // a sum of integer could overflow
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
    const std::string value = value_of(c, s);
    if (c.mapping.canonical != canonical_form::float_bits) {
        return value + "::text";
    }
    const bool is_short = base_type(c.mapping.type) == "real";
    return std::string("encode(") + (is_short ? "float4send(" : "float8send(") + value + "), 'hex')";
}

std::string sums_query(const table_plan& t, side s) {
    std::string of_rows; // hashes and numbers of each row
    std::string sums = "count(*)::text";
    std::string row_hash = "0::bigint";
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        const column_plan& c = t.columns[i];
        const std::string number = std::to_string(i + 1);
        const std::string hash = "h" + number;
        of_rows += i == 0 ? "" : ", ";
        if (c.mapping.canonical == canonical_form::none) {
            of_rows += "case when " + quoted(c.from->name) + " is not null then 1 end as " + hash;
        } else {
            of_rows += "hashtextextended(" + canonical_text(c, s) + " collate \"C\", " + number + ") as " + hash;
            row_hash += " # coalesce(" + hash + ", " + number + ")";
        }
        sums += ", count(" + hash + ")::text";
        sums += c.mapping.canonical == canonical_form::none ? ", ''" : ", coalesce(sum(" + hash + "), 0)::text";
        if (c.mapping.is_number) {
            of_rows += ", " + number_of(c, s) + " as n" + number;
            sums += ", coalesce(trim_scale(sum(n" + number + ")), 0)::text";
        } else {
            sums += ", ''";
        }
    }
    sums += ", coalesce(sum(" + row_hash + "), 0)::text";
    // OFFSET 0 keeps the planner from computing a hash once for each place where it is used.
    return "select array[" + sums + "] from (select " + of_rows + " from only " +
           quoted(s == side::source ? t.from->name : t.target) + " offset 0) as r";
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

} // namespace migrate
