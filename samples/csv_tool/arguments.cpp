// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace csv_tool {
namespace {

/// Part of a name, with its schema, that needs no quotes.
bool is_of_name(unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '$' || c == '.' || c >= 0x80; }

/// Whether it begins with a word that begins a query.
bool is_query(const std::string& what) {
    const auto first = std::find_if(what.begin(), what.end(), [](unsigned char c) { return std::isspace(c) == 0; });
    if (first != what.end() && *first == '(') {
        return true;
    }
    const auto last = std::find_if_not(first, what.end(), is_of_name);
    std::string word(first, last);
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return last != what.end() && (word == "select" || word == "with" || word == "values" || word == "table");
}

} // namespace

std::optional<arguments> arguments::parse(int argc, char** argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    arguments a;
    a.header = std::erase(words, "--header") != 0;
    if (words.size() != 4 || (words[1] != "in" && words[1] != "out")) {
        return std::nullopt;
    }
    a.server = words[0];
    a.way = words[1] == "in" ? direction::in : direction::out;
    a.what = words[2];
    a.file = words[3];
    return a;
}

std::string arguments::statement() const {
    const std::string options = std::string(" (format csv, header ") + (header ? "true)" : "false)");
    if (way == direction::in) {
        return "copy " + what + " from stdin" + options;
    }
    return "copy " + (is_query(what) ? "(" + what + ")" : what) + " to stdout" + options;
}

} // namespace csv_tool
