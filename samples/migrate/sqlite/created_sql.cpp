// SPDX-License-Identifier: BSL-1.0
#include "created_sql.hpp"

#include "tokens.hpp"

#include <utility>

namespace migrate::sqlite {
namespace {

using tokens = std::vector<token>;

/// The number of the parenthesis that closes the one at `open`, or the end.
std::size_t find_end(const tokens& all, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < all.size(); ++i) {
        depth += all[i].is_symbol("(") ? 1 : 0;
        depth -= all[i].is_symbol(")") ? 1 : 0;
        if (depth == 0) {
            return i;
        }
    }
    return all.size();
}

std::size_t find_symbol(const tokens& all, std::string_view symbol, std::size_t from = 0) {
    while (from < all.size() && !all[from].is_symbol(symbol)) {
        ++from;
    }
    return from;
}

/// The SQL between two tokens, neither of them included.
std::string between(std::string_view sql, const tokens& all, std::size_t first, std::size_t last) {
    return first + 1 < last ? std::string(sql.substr(all[first + 1].begin, all[last - 1].end - all[first + 1].begin)) : "";
}

/// The beginnings and ends of the parts that commas separate.
std::vector<std::pair<std::size_t, std::size_t>> split_list(const tokens& all, std::size_t open, std::size_t close) {
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    std::size_t begin = open + 1;
    for (std::size_t i = open + 1; i < close; ++i) {
        if (all[i].is_symbol("(")) {
            i = find_end(all, i);
        } else if (all[i].is_symbol(",")) {
            parts.emplace_back(begin, i);
            begin = i + 1;
        }
    }
    parts.emplace_back(begin, close);
    return parts;
}

void read_part(std::string_view sql, const tokens& all, std::size_t begin, std::size_t end, created_table& out) {
    std::string name; // of the next constraint
    for (std::size_t i = begin; i < end; ++i) {
        const bool has_condition = i + 1 < end && all[i + 1].is_symbol("(");
        if (all[i].is_word("constraint") && i + 1 < end) {
            name = all[++i].text;
        } else if (has_condition && (all[i].is_word("check") || all[i].is_word("as"))) {
            const std::size_t close = find_end(all, i + 1);
            std::string text = between(sql, all, i + 1, close);
            if (all[i].is_word("check")) {
                out.checks.push_back({std::exchange(name, {}), std::move(text)});
            } else {
                out.generated[all[begin].text] = std::move(text);
            }
            i = close;
        } else if (all[i].is_symbol("(")) {
            i = find_end(all, i);
        }
    }
}

} // namespace

created_table read_create_table(std::string_view sql) {
    created_table out;
    const auto all = split(sql);
    if (!all) {
        return out;
    }
    const std::size_t open = find_symbol(*all, "(");
    const std::size_t close = open < all->size() ? find_end(*all, open) : open;
    if (close < all->size()) {
        for (const auto& [begin, end] : split_list(*all, open, close)) {
            read_part(sql, *all, begin, end, out);
        }
    }
    return out;
}

created_index read_create_index(std::string_view sql) {
    created_index out;
    const auto all = split(sql);
    const std::size_t open = all ? find_symbol(*all, "(") : 0;
    const std::size_t close = all && open < all->size() ? find_end(*all, open) : open;
    if (!all || close >= all->size()) {
        return out;
    }
    for (auto [begin, end] : split_list(*all, open, close)) {
        while (end > begin + 1 && ((*all)[end - 1].is_word("asc") || (*all)[end - 1].is_word("desc"))) {
            --end;
        }
        if (end > begin + 2 && (*all)[end - 2].is_word("collate")) {
            end -= 2;
        }
        out.parts.emplace_back(between(sql, *all, begin - 1, end));
    }
    if (close + 1 < all->size() && (*all)[close + 1].is_word("where")) {
        out.predicate = between(sql, *all, close + 1, all->size());
    }
    return out;
}

} // namespace migrate::sqlite
