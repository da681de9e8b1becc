// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"

#include "parse_steps.hpp"
#include "section.hpp"

#include <algorithm>

namespace etl {
namespace {

void parse_csv(section& s, source_settings& source) {
    source.has_header = s.flag("header").value_or(true);
    source.csv.delimiter = s.character("delimiter").value_or(',');
    source.csv.quote = s.character("quote").value_or('"');
    if (source.csv.delimiter == source.csv.quote) {
        s.complain(s.has("delimiter") ? "delimiter" : "quote", R"("delimiter" and "quote" are the same character)");
    }
    if (const auto null = s.text("null")) {
        source.csv.null = null->text;
    }
    if (!source.has_header) {
        source.fields = s.required_texts("columns");
    } else if (s.has("columns")) {
        s.texts("columns");
        s.complain("columns", R"("columns" is for files without a header; to change names, use rename steps)");
    }
}

void parse_source(const toml::table& table, source_settings& source, const std::filesystem::path& folder,
                  std::vector<mistake>& mistakes) {
    section s(table, "[source]", mistakes);
    source.where = s.where();
    s.required_text("type");
    const auto type = s.word("type", {"csv", "jsonl", "sqlite", "postgres"});
    if (!type) {
        return;
    }
    using kind = source_settings::type;
    source.kind = static_cast<kind>(*type);
    if (source.kind != kind::postgres) {
        source.file = s.required_text("file");
        source.file.text = (folder / source.file.text).string();
    }
    if (source.kind == kind::csv) {
        parse_csv(s, source);
    } else if (source.kind == kind::json_lines) {
        source.fields = s.required_texts("columns");
    } else {
        source.query = s.required_text("query");
    }
    if (source.kind == kind::postgres) {
        source.connection = s.text("connection").value_or(placed{}).text;
    }
    for (auto f = source.fields.begin(); f != source.fields.end(); ++f) {
        if (std::any_of(source.fields.begin(), f, [&](const placed& other) { return other.text == f->text; })) {
            s.complain(f->where, "the column \"" + f->text + "\" is there twice");
        }
    }
    s.close();
}

void parse_target(const toml::table& table, target_settings& target, std::vector<mistake>& mistakes) {
    section s(table, "[target]", mistakes);
    target.where = s.where();
    target.connection = s.text("connection").value_or(placed{}).text;
    target.table = s.required_text("table");
    s.required_text("mode");
    const auto mode = s.word("mode", {"insert", "upsert", "replace"});
    target.mode = static_cast<merge_mode>(mode.value_or(0));
    if (mode && target.mode == merge_mode::replace) {
        if (s.has("key")) {
            s.texts("key");
            s.complain("key", "the mode replace has no key");
        }
    } else {
        target.key = s.required_texts("key");
    }
    if (const auto schema = s.text("staging_schema")) {
        target.staging_schema = schema->text;
    }
    s.close();
}

/// Names of jobs are parts of names of tables.
bool is_job_name(const std::string& name) {
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

void parse_name(section& s, pipeline& p, const std::filesystem::path& file) {
    const auto given = s.text("name");
    p.name = given ? given->text : file.stem().string();
    if (!is_job_name(p.name)) {
        s.complain(
            given ? given->where : place{1, 1},
            given ? "\"name\" has at most 40 letters, digits, _ and -"
                  : R"(the file's name cannot name the pipeline: add a key "name" with at most 40 letters, digits, _ and -)");
    }
}

const toml::table* find_table(section& top, const toml::table& document, std::string_view name) {
    const auto* node = document.get(name);
    if (!node || !node->is_table()) {
        top.complain(node ? place_of(*node) : place{1, 1}, "the file needs a section [" + std::string(name) + "]");
        return nullptr;
    }
    return node->as_table();
}

void parse_document(const toml::table& document, pipeline& p, const std::filesystem::path& file,
                    std::vector<mistake>& mistakes) {
    for (const auto& [key, value] : document) {
        if (key != "name" && key != "source" && key != "target" && key != "step") {
            mistakes.push_back(
                {{key.source().begin.line, key.source().begin.column},
                 "unknown key \"" + std::string(key.str()) + "\"; there are name, [source], [[step]] and [target]"});
        }
    }
    section top(document, "the file", mistakes);
    parse_name(top, p, file);
    if (const auto* table = find_table(top, document, "source")) {
        parse_source(*table, p.source, file.parent_path(), mistakes);
    }
    if (const auto* steps = document.get("step")) {
        const auto* array = steps->as_array();
        if (!array || !array->is_array_of_tables()) {
            top.complain("step", "steps are written as [[step]]");
        }
        for (std::size_t i = 0; array && i < array->size(); ++i) {
            if (const auto* table = array->get(i)->as_table()) {
                parse_step(*table, p, mistakes);
            }
        }
    }
    if (const auto* table = find_table(top, document, "target")) {
        parse_target(*table, p.target, mistakes);
    }
}

} // namespace

std::variant<pipeline, std::vector<mistake>> parse_pipeline(std::string_view text, const std::filesystem::path& file) {
    std::vector<mistake> mistakes;
    pipeline p;
    p.file = file.string();
    try {
        parse_document(toml::parse(text), p, file, mistakes);
    } catch (const toml::parse_error& wrong) {
        const auto at = wrong.source().begin;
        mistakes.push_back({{at.line, at.column}, std::string(wrong.description())});
    }
    std::sort(mistakes.begin(), mistakes.end(),
              [](const mistake& a, const mistake& b) { return a.where == b.where ? a.text < b.text : a.where < b.where; });
    // A key that is asked for twice is complained of twice.
    const auto is_same = [](const mistake& a, const mistake& b) { return a.where == b.where && a.text == b.text; };
    mistakes.erase(std::unique(mistakes.begin(), mistakes.end(), is_same), mistakes.end());
    if (!mistakes.empty()) {
        return mistakes;
    }
    return p;
}

} // namespace etl
