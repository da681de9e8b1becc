// SPDX-License-Identifier: BSL-1.0
#include "section.hpp"

#include <algorithm>

namespace etl {
namespace {

std::string in_quotes(std::string_view key) { return "\"" + std::string(key) + "\""; }

} // namespace

place place_of(const toml::node& n) { return {n.source().begin.line, n.source().begin.column}; }

const toml::node* section::find(std::string_view key) {
    known_.emplace(key);
    return table_.get(key);
}

std::optional<placed> section::text(std::string_view key) {
    const auto* node = find(key);
    if (!node) {
        return std::nullopt;
    }
    if (const auto* value = node->as_string()) {
        return placed{value->get(), place_of(*node)};
    }
    complain(key, in_quotes(key) + " must be a text in quotes");
    return std::nullopt;
}

std::optional<bool> section::flag(std::string_view key) {
    const auto* node = find(key);
    if (!node) {
        return std::nullopt;
    }
    if (const auto* value = node->as_boolean()) {
        return value->get();
    }
    complain(key, in_quotes(key) + " must be true or false");
    return std::nullopt;
}

std::optional<char> section::character(std::string_view key) {
    const auto value = text(key);
    if (value && (value->text.size() != 1 || value->text[0] == '\n' || value->text[0] == '\r' || value->text[0] == '\0')) {
        complain(key, in_quotes(key) + " must be one ASCII character, and not a line end");
        return std::nullopt;
    }
    return value ? std::optional(value->text[0]) : std::nullopt;
}

std::vector<placed> section::texts(std::string_view key) {
    std::vector<placed> all;
    const auto* node = find(key);
    if (!node) {
        return all;
    }
    if (const auto* single = node->as_string()) {
        all.push_back({single->get(), place_of(*node)});
    } else if (const auto* array = node->as_array()) {
        for (const auto& element : *array) {
            if (const auto* value = element.as_string()) {
                all.push_back({value->get(), place_of(element)});
            } else {
                complain(place_of(element), in_quotes(key) + " must be a list of texts in quotes");
            }
        }
    } else {
        complain(key, in_quotes(key) + " must be a text in quotes, or a list of them");
    }
    return all;
}

std::vector<std::pair<placed, std::string>> section::pairs(std::string_view key) {
    std::vector<std::pair<placed, std::string>> all;
    const auto* node = find(key);
    const auto* table = node ? node->as_table() : nullptr;
    if (!node || !table || table->empty()) {
        node ? complain(key, in_quotes(key) + R"( must be a table such as { id = "number" })") : complain_of_missing(key);
        return all;
    }
    for (const auto& [name, value] : *table) {
        if (const auto* other = value.as_string()) {
            all.emplace_back(placed{std::string(name.str()), {name.source().begin.line, name.source().begin.column}},
                             other->get());
        } else {
            complain(place_of(value), in_quotes(name.str()) + " must be a text in quotes");
        }
    }
    return all;
}

std::optional<std::size_t> section::word(std::string_view key, const std::vector<std::string_view>& words) {
    const auto value = text(key);
    if (!value) {
        return std::nullopt;
    }
    const auto found = std::find(words.begin(), words.end(), value->text);
    if (found != words.end()) {
        return static_cast<std::size_t>(found - words.begin());
    }
    std::string list;
    for (const auto w : words) {
        list += (list.empty() ? "" : ", ") + std::string(w);
    }
    complain(value->where, in_quotes(key) + " is one of " + list + ", not " + in_quotes(value->text));
    return std::nullopt;
}

placed section::required_text(std::string_view key) {
    auto value = text(key);
    if (!value && !has(key)) {
        complain_of_missing(key);
    } else if (value && value->text.empty()) {
        complain(key, in_quotes(key) + " is empty");
    }
    return value.value_or(placed{{}, where()});
}

std::vector<placed> section::required_texts(std::string_view key) {
    const auto before = mistakes_.size();
    auto all = texts(key);
    if (!has(key)) {
        complain_of_missing(key);
    } else if (all.empty() && mistakes_.size() == before) {
        complain(key, in_quotes(key) + " is empty");
    }
    return all;
}

void section::complain_of_missing(std::string_view key) { complain(where(), title_ + " needs the key " + in_quotes(key)); }

void section::close() {
    for (const auto& [key, value] : table_) {
        if (!known_.contains(key.str())) {
            complain({key.source().begin.line, key.source().begin.column}, title_ + " has no key " + in_quotes(key.str()));
        }
    }
}

} // namespace etl
