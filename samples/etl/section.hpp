// SPDX-License-Identifier: BSL-1.0
// One table of a TOML document, whose values are asked for by their names and types. What is wrong, missing or left over
// becomes a mistake with its position.
#pragma once

#include "mistake.hpp"

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace etl {

place place_of(const toml::node& n);

class section {
public:
    /// `title` is how messages call it: "[source]", "a rename step".
    section(const toml::table& table, std::string title, std::vector<mistake>& mistakes)
        : table_(table), title_(std::move(title)), mistakes_(mistakes) {}

    place where() const { return place_of(table_); }
    bool has(std::string_view key) const { return table_.contains(key); }
    void complain(place where, std::string text) { mistakes_.push_back({where, std::move(text)}); }
    void complain(std::string_view key, std::string text) { complain(place_of(*table_.get(key)), std::move(text)); }

    std::optional<placed> text(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    /// One character that is not a line end.
    std::optional<char> character(std::string_view key);
    /// An array of texts, or a single text.
    std::vector<placed> texts(std::string_view key);
    /// Another table, as pairs.
    std::vector<std::pair<placed, std::string>> pairs(std::string_view key);
    /// One of some words; their index.
    std::optional<std::size_t> word(std::string_view key, const std::vector<std::string_view>& words);

    /// A text that must be there, and not be empty. Otherwise an empty one.
    placed required_text(std::string_view key);
    std::vector<placed> required_texts(std::string_view key);

    /// Complains about the keys that nobody has asked for.
    void close();

private:
    const toml::node* find(std::string_view key);
    void complain_of_missing(std::string_view key);

    const toml::table& table_;
    std::string title_;
    std::vector<mistake>& mistakes_;
    std::set<std::string, std::less<>> known_;
};

} // namespace etl
