// SPDX-License-Identifier: BSL-1.0
#include "parse_steps.hpp"

#include "section.hpp"
#include "steps.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace etl {
namespace {

using made = std::unique_ptr<step>;

std::vector<std::string> texts_of(std::vector<placed> all) {
    std::vector<std::string> texts;
    for (placed& p : all) {
        texts.push_back(std::move(p.text));
    }
    return texts;
}

made parse_rename(section& s, pipeline&) {
    auto from = s.required_text("rename");
    return std::make_unique<rename_step>(std::move(from), s.required_text("to"));
}

made parse_drop(section& s, pipeline& p) {
    auto names = s.required_texts("drop");
    if (p.computed.empty()) {
        return std::make_unique<drop_step>(std::move(names));
    }
    p.not_loaded.insert(p.not_loaded.end(), names.begin(), names.end()); // after the expressions: they may use it
    return nullptr;
}

made parse_default(section& s, pipeline&) {
    auto column = s.required_text("default");
    const auto value = s.text("value");
    if (!value) {
        s.required_text("value");
    }
    return std::make_unique<default_step>(std::move(column), value ? value->text : "");
}

made parse_split(section& s, pipeline&) {
    auto column = s.required_text("split");
    auto by = s.required_text("by");
    return std::make_unique<split_step>(std::move(column), std::move(by.text), s.required_texts("into"));
}

made parse_filter(section& s, pipeline&) {
    auto column = s.required_text("filter");
    const auto one_of = s.texts("in");
    const auto none_of = s.texts("not_in");
    const auto null = s.flag("null");
    if (s.has("in") + s.has("not_in") + s.has("null") != 1) {
        s.complain(s.where(), R"(a filter step needs one of the keys "in", "not_in" and "null")");
    }
    using test = filter_step::test;
    const auto how = null ? (*null ? test::null : test::not_null) : s.has("in") ? test::one_of : test::none_of;
    return std::make_unique<filter_step>(std::move(column), how, texts_of(s.has("in") ? one_of : none_of));
}

std::optional<value_cast> parse_number(section& s, bool is_integer) {
    number_format f;
    f.is_integer = is_integer;
    f.decimal = is_integer ? '.' : s.character("decimal").value_or('.');
    f.thousands = s.character("thousands");
    if (f.thousands == f.decimal && !is_integer) {
        s.complain("thousands", R"("thousands" and "decimal" are the same character)");
    }
    return value_cast(f, is_integer ? "an integer" : "a number in the declared format");
}

std::optional<value_cast> parse_boolean(section& s) {
    boolean_format f;
    f.yes = texts_of(s.required_texts("true"));
    f.no = texts_of(s.required_texts("false"));
    return value_cast(std::move(f), "one of the words declared for true and false");
}

std::optional<value_cast> parse_date(section& s, bool with_time) {
    const auto pattern = s.required_text("format");
    if (pattern.text.empty()) {
        return std::nullopt;
    }
    auto parsed = date_format::parse(pattern.text, with_time);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        s.complain(pattern.where, *wrong);
        return std::nullopt;
    }
    return value_cast(std::get<date_format>(std::move(parsed)),
                      std::string(with_time ? "a time" : "a date") + " in the format " + pattern.text);
}

made parse_cast(section& s, pipeline&) {
    auto column = s.required_text("cast");
    const auto type = s.required_text("type");
    std::optional<value_cast> cast;
    const auto which = s.word("type", {"integer", "numeric", "boolean", "date", "timestamp"});
    switch (which.value_or(99)) {
    case 0:
    case 1: cast = parse_number(s, *which == 0); break;
    case 2: cast = parse_boolean(s); break;
    case 3:
    case 4: cast = parse_date(s, *which == 4); break;
    default: return nullptr;
    }
    return cast ? std::make_unique<cast_step>(std::move(column), std::move(*cast)) : nullptr;
}

made parse_lookup(section& s, pipeline& p) {
    lookup_step::settings settings;
    settings.query = s.required_text("lookup");
    for (auto& [column, other] : s.pairs("match")) {
        settings.columns.push_back(column);
        settings.matched.push_back(other);
    }
    settings.added = s.required_texts("add");
    const auto missing = s.word("missing", {"reject", "null"});
    settings.when_missing = missing == 1u ? lookup_step::missing::null : lookup_step::missing::reject;
    auto step = std::make_unique<lookup_step>(std::move(settings));
    p.lookups.push_back(step.get());
    return step;
}

made parse_compute(section& s, pipeline& p) {
    computed_column c;
    c.name = s.required_text("compute");
    c.sql = s.required_text("sql");
    for (const auto& other : p.computed) {
        if (other.name.text == c.name.text) {
            s.complain(c.name.where, "\"" + c.name.text + "\" is computed twice");
        }
    }
    p.computed.push_back(std::move(c));
    return nullptr;
}

struct known_step {
    std::string_view key;
    made (*parse)(section&, pipeline&);
};

constexpr std::array<known_step, 8> known_steps = {{{"rename", &parse_rename},
                                                    {"drop", &parse_drop},
                                                    {"default", &parse_default},
                                                    {"split", &parse_split},
                                                    {"filter", &parse_filter},
                                                    {"cast", &parse_cast},
                                                    {"lookup", &parse_lookup},
                                                    {"compute", &parse_compute}}};

} // namespace

void parse_step(const toml::table& table, pipeline& p, std::vector<mistake>& mistakes) {
    const known_step* kind = nullptr;
    for (const auto& k : known_steps) {
        if (!table.contains(k.key)) {
            continue;
        }
        if (kind) {
            mistakes.push_back({place_of(*table.get(k.key)), "one step cannot be both \"" + std::string(kind->key) +
                                                                 "\" and \"" + std::string(k.key) +
                                                                 "\"; each needs a [[step]] of its own"});
            return;
        }
        kind = &k;
    }
    if (!kind) {
        mistakes.push_back(
            {place_of(table), "a step needs one of the keys rename, drop, default, split, filter, cast, lookup, compute"});
        return;
    }
    section s(table, "a " + std::string(kind->key) + " step", mistakes);
    if (!p.computed.empty() && kind->key != "compute" && kind->key != "drop") {
        s.complain(s.where(), "after a compute step, only compute and drop can follow: the target computes last");
    }
    if (auto step = kind->parse(s, p)) {
        p.steps.push_back(std::move(step));
    }
    s.close();
}

} // namespace etl
