// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_statement.hpp>

#include <pgcoro/quote.hpp>

#include <algorithm>
#include <cstddef>

namespace pgcoro::detail {
namespace {

/// The next name of a table's, without its quotes: up to a dot outside of quotes, or the end. `at` moves behind it. False if a
/// quote is not closed, or something follows it.
bool next_name(std::string_view text, std::size_t& at, std::string& name) {
    name.clear();
    if (at == text.size() || text[at] != '"') {
        const std::size_t end = std::min(text.find('.', at), text.size());
        name = text.substr(at, end - at);
        at = end;
        return true;
    }
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"' && (++at == text.size() || text[at] != '"')) {
            return at == text.size() || text[at] == '.';
        }
        name.push_back(text[at]);
    }
    return false;
}

error append_quoted(std::string_view name, std::string_view what, std::string& out) {
    auto quoted = quote_identifier(name);
    if (!quoted) {
        return error(errc::invalid_text,
                     "the name of " + std::string(what) +
                         (name.empty() ? " to copy is empty" : " to copy has a NUL character in it or is not UTF-8"));
    }
    out += quoted.assume_value();
    return {};
}

error append_table(std::string_view table, std::string& out) {
    std::string name;
    for (std::size_t at = 0;; ++at) {
        if (!next_name(table, at, name)) {
            return error(errc::invalid_text, "the name of the table to copy has a quote that does not enclose a part of it");
        }
        if (error failure = append_quoted(name, "the table", out); failure || at == table.size()) {
            return failure;
        }
        out += '.';
    }
}

error append_columns(const copy_target& target, std::string& out) {
    std::size_t number = 0;
    for (const auto& column : target.columns()) {
        if (number++ != 0) {
            out += ", ";
        }
        if (error failure = append_quoted(column, "column " + std::to_string(number), out)) {
            return failure;
        }
    }
    return {};
}

} // namespace

result<std::string> copy_in_statement(const copy_target& target) {
    std::string text = "copy ";
    if (error failure = append_table(target.table(), text)) {
        return failure;
    }
    if (!target.columns().empty()) {
        text += " (";
        if (error failure = append_columns(target, text)) {
            return failure;
        }
        text += ')';
    }
    return text + " from stdin (format binary)";
}

result<std::string> describe_statement(const copy_target& target) {
    std::string text = "select ";
    if (target.columns().empty()) {
        text += '*';
    } else {
        if (error failure = append_columns(target, text)) {
            return failure;
        }
    }
    text += " from ";
    if (error failure = append_table(target.table(), text)) {
        return failure;
    }
    return text + " limit 0";
}

namespace {

/// In parentheses. Behind a comment that the query ends with, the closing one would be part of it.
std::string enclosed(std::string_view query) {
    query = query.substr(0, query.find_last_not_of(" \t\r\n;") + 1);
    return "(" + std::string(query) + "\n)";
}

} // namespace

std::string copy_out_statement(std::string_view query) {
    const std::string rows = enclosed(query);
    return "select * from " + rows + " pgcoro_query limit 0; copy " + rows + " to stdout (format binary)";
}

} // namespace pgcoro::detail
