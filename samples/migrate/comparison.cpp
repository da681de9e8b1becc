// SPDX-License-Identifier: BSL-1.0
#include "comparison.hpp"

#include "sql_text.hpp"
#include "sums_query.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace migrate {
namespace {

constexpr std::size_t most_differences = 10;
constexpr std::size_t longest_value = 100;

std::optional<std::size_t> find_column(const table_plan& t, const std::string& name) {
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        if (t.columns[i].from->name == name) {
            return i;
        }
    }
    return std::nullopt;
}

bool is_in_primary_key(const table& t, const std::string& column) {
    return t.primary_key && std::ranges::find(t.primary_key->columns, column) != t.primary_key->columns.end();
}

std::vector<std::size_t> numbers_of(const table_plan& t, const std::vector<std::string>& names) {
    std::vector<std::size_t> numbers;
    for (const std::string& name : names) {
        const auto i = find_column(t, name);
        const bool fits = i && t.columns[*i].mapping.canonical == canonical_form::text &&
                          (t.columns[*i].from->is_required || is_in_primary_key(*t.from, name)) &&
                          !t.columns[*i].mapping.may_become_null;
        if (!fits) {
            return {};
        }
        numbers.push_back(*i);
    }
    return numbers;
}

using key_values = std::vector<std::string>;

/// Nothing if one of them is NULL.
std::optional<key_values> key_of(const sample_row& row, const std::vector<std::size_t>& key) {
    key_values values;
    for (const std::size_t i : key) {
        if (i >= row.size() || !row[i]) {
            return std::nullopt;
        }
        values.push_back(*row[i]);
    }
    return values;
}

std::string describe_key(const table_plan& t, const std::vector<std::size_t>& key, const key_values& values) {
    std::string text;
    for (std::size_t i = 0; i < key.size(); ++i) {
        text += (i == 0 ? "" : ", ") + t.columns[key[i]].from->name + " " + values[i];
    }
    return text;
}

std::string shortened(const std::optional<std::string>& value) {
    if (!value) {
        return "NULL";
    }
    if (value->size() <= longest_value) {
        return *value;
    }
    std::size_t end = longest_value;
    while (end > 0 && (static_cast<unsigned char>((*value)[end]) & 0xC0) == 0x80) {
        --end; // not within a character
    }
    return value->substr(0, end) + "...";
}

} // namespace

std::vector<difference> compare(const table_plan& t, const table_sums& source, const table_sums& target) {
    std::vector<difference> found;
    const auto check = [&](const std::string& column, const char* what, const std::string& at_source,
                           const std::string& at_target) {
        if (at_source != at_target) {
            found.push_back({column, what, at_source, at_target});
        }
    };
    check("", "rows", std::to_string(source.rows), std::to_string(target.rows));
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
        const std::string& name = t.columns[i].from->name;
        const column_sums& from = source.columns.at(i);
        const column_sums& to = target.columns.at(i);
        check(name, "values", std::to_string(from.values), std::to_string(to.values));
        check(name, "checksum", from.checksum, to.checksum);
        check(name, "sum", from.sum, to.sum);
        if (from.changed != 0) {
            found.push_back({name, "values that " + t.columns[i].mapping.type + " cannot hold",
                             std::to_string(from.changed) + ", one is " + shortened(from.one_changed), "rounded or cut"});
        }
    }
    check("", "checksum of rows", source.row_checksum, target.row_checksum);
    return found;
}

std::vector<std::size_t> sample_key(const table_plan& t) {
    if (t.from->primary_key) {
        if (auto numbers = numbers_of(t, t.from->primary_key->columns); !numbers.empty()) {
            return numbers;
        }
    }
    for (const key& k : t.from->uniques) {
        if (auto numbers = numbers_of(t, k.columns); !numbers.empty()) {
            return numbers;
        }
    }
    return {};
}

std::vector<sample_row> rows_with_key(const std::vector<sample_row>& sample, const std::vector<std::size_t>& key) {
    std::vector<sample_row> found;
    std::ranges::copy_if(sample, std::back_inserter(found),
                         [&](const sample_row& row) { return key_of(row, key).has_value(); });
    return found;
}

std::string sample_query(const table_plan& t, const std::vector<std::size_t>& key, const std::vector<sample_row>& sample) {
    std::string texts;
    for (const column_plan& c : t.columns) {
        texts += (texts.empty() ? "" : ", ") + canonical_text(c, side::target);
    }
    std::string names;
    for (const std::size_t i : key) {
        names += (names.empty() ? "" : ", ") + sql_name(t.columns[i].from->name);
    }
    std::string rows;
    for (const sample_row& row : sample) {
        if (const auto values = key_of(row, key)) {
            std::string one;
            for (std::size_t i = 0; i < key.size(); ++i) {
                one += (i == 0 ? "" : ", ") + literal((*values)[i]) + "::" + t.columns[key[i]].mapping.type;
            }
            rows += (rows.empty() ? "(" : ", (") + one + ")";
        }
    }
    return "select array[" + texts + "] from only " + sql_name(t.target) + " where (" + names + ") in (" + rows + ")";
}

std::vector<difference> compare_sample(const table_plan& t, const std::vector<std::size_t>& key,
                                       const std::vector<sample_row>& source, const std::vector<sample_row>& target) {
    std::map<key_values, const sample_row*> by_key;
    for (const sample_row& row : target) {
        if (auto k = key_of(row, key)) {
            by_key.emplace(*std::move(k), &row);
        }
    }
    std::vector<difference> found;
    for (const sample_row& row : source) {
        const auto k = key_of(row, key);
        if (!k || found.size() >= most_differences) {
            continue;
        }
        const std::string title = "row with " + describe_key(t, key, *k);
        const auto at_target = by_key.find(*k);
        if (at_target == by_key.end()) {
            found.push_back({"", title, "is there", "is missing"});
            continue;
        }
        for (std::size_t i = 0; i < t.columns.size(); ++i) {
            if (t.columns[i].mapping.canonical != canonical_form::none && row.at(i) != at_target->second->at(i)) {
                found.push_back({t.columns[i].from->name, title, shortened(row[i]), shortened(at_target->second->at(i))});
            }
        }
    }
    return found;
}

} // namespace migrate
