// SPDX-License-Identifier: BSL-1.0
#include "rules.hpp"

#include "failure.hpp"

#include <toml++/toml.h>

namespace migrate {
namespace {

pgcoro::error mistake(const std::string& file, const toml::source_region& where, const std::string& text) {
    return fail(failure::wrong_usage,
                file + ":" + std::to_string(where.begin.line) + ":" + std::to_string(where.begin.column) + ": " + text);
}

/// The texts of a table, or a mistake.
pgcoro::result<> read_texts(const toml::node& n, std::map<std::string, std::string>& out, const std::string& file) {
    const auto* table = n.as_table();
    if (!table) {
        return mistake(file, n.source(), "a table is expected");
    }
    for (const auto& [key, value] : *table) {
        const auto text = value.value<std::string>();
        if (!value.is_string() || text->empty()) {
            return mistake(file, value.source(), "a type is expected");
        }
        out[std::string(key.str())] = *text;
    }
    return pgcoro::success();
}

pgcoro::result<> read_skipped(const toml::node& n, mapping_rules& rules, const std::string& file) {
    const auto* names = n.as_array();
    if (!names) {
        return mistake(file, n.source(), "an array of names is expected");
    }
    for (const auto& name : *names) {
        if (!name.is_string()) {
            return mistake(file, name.source(), "a name is expected");
        }
        rules.skipped.insert(*name.value<std::string>());
    }
    return pgcoro::success();
}

} // namespace

pgcoro::result<> add_rules(mapping_rules& rules, std::string_view toml, const std::string& file) try {
    const toml::table all = toml::parse(toml, file);
    for (const auto& [key, value] : all) {
        pgcoro::result<> done = pgcoro::success();
        if (key.str() == "schema" && value.is_string()) {
            rules.schema = *value.value<std::string>();
        } else if (key.str() == "skip") {
            done = read_skipped(value, rules, file);
        } else if (key.str() == "columns") {
            done = read_texts(value, rules.columns, file);
        } else if (key.str() == "types") {
            done = read_texts(value, rules.types, file);
        } else {
            done = mistake(file, key.source(), "there is no rule \"" + std::string(key.str()) + "\" with such a value");
        }
        BOOST_OUTCOME_TRY(std::move(done));
    }
    return pgcoro::success();
} catch (const toml::parse_error& e) {
    return mistake(file, e.source(), std::string(e.description()));
}

pgcoro::result<> add_rule(mapping_rules& rules, std::string_view option) {
    const auto sign = option.find('=');
    const std::string_view column = option.substr(0, sign);
    if (sign == std::string_view::npos || sign + 1 == option.size() || column.find('.') == std::string_view::npos) {
        return fail(failure::wrong_usage, "--map needs TABLE.COLUMN=TYPE, not " + std::string(option));
    }
    rules.columns[std::string(column)] = option.substr(sign + 1);
    return pgcoro::success();
}

} // namespace migrate
