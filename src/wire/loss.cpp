// SPDX-License-Identifier: BSL-1.0
#include "wire/loss.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgcoro::wire {
namespace {

// PostgreSQL's comments nest.
std::string_view behind_comment(std::string_view sql) noexcept {
    int depth = 0;
    do {
        const auto mark = std::min(sql.find("/*"), sql.find("*/"));
        if (mark == sql.npos) {
            return {};
        }
        depth += sql[mark] == '/' ? 1 : -1;
        sql.remove_prefix(mark + 2);
    } while (depth != 0);
    return sql;
}

std::string_view without_leading_space_and_comments(std::string_view sql) noexcept {
    for (;;) {
        const auto start = sql.find_first_not_of(" \t\r\n\f\v;");
        sql.remove_prefix(std::min(start, sql.size()));
        if (sql.starts_with("--")) {
            sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
        } else if (sql.starts_with("/*")) {
            sql = behind_comment(sql);
        } else {
            return sql;
        }
    }
}

bool starts_with_word(std::string_view sql, std::string_view word) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto letter = [&](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_'; };
    return sql.size() >= word.size() &&
           std::equal(word.begin(), word.end(), sql.begin(), [&](char w, char c) { return w == lower(c); }) &&
           (sql.size() == word.size() || !letter(sql[word.size()]));
}

} // namespace

transaction_effect effect_of(std::string_view sql) noexcept {
    using enum transaction_effect;
    struct meaning {
        std::string_view word;
        transaction_effect effect;
    };
    // CREATE, DROP and ALTER for the sake of CONCURRENTLY, databases and tablespaces.
    constexpr std::array<meaning, 14> words{{{"begin", begins},
                                             {"start", begins},
                                             {"commit", commits},
                                             {"end", commits},
                                             {"prepare", commits},
                                             {"rollback", rolls_back},
                                             {"abort", rolls_back},
                                             {"call", may_commit_within},
                                             {"do", may_commit_within},
                                             {"vacuum", may_commit_within},
                                             {"reindex", may_commit_within},
                                             {"create", may_commit_within},
                                             {"drop", may_commit_within},
                                             {"alter", may_commit_within}}};
    const auto text = without_leading_space_and_comments(sql);
    for (const auto& [word, effect] : words) {
        if (starts_with_word(text, word)) {
            // ROLLBACK PREPARED ends another transaction than the one it runs in, as COMMIT PREPARED does.
            const auto rest = without_leading_space_and_comments(text.substr(word.size()));
            return effect == rolls_back && starts_with_word(rest, "prepared") ? commits : effect;
        }
    }
    return none;
}

void loss::statement(std::string_view sql) noexcept {
    switch (effect_of(sql)) {
    case transaction_effect::begins: in_transaction_ = true; break;
    case transaction_effect::commits:
        may_commit_ = may_commit_early_ = true;
        in_transaction_ = false;
        break;
    case transaction_effect::rolls_back:
        // ROLLBACK TO leaves the transaction open; taking it for closed errs on the side of doubt.
        in_transaction_ = false;
        break;
    case transaction_effect::may_commit_within: may_commit_early_ = may_commit_early_ || !in_transaction_; [[fallthrough]];
    case transaction_effect::none: may_commit_ = may_commit_ || !in_transaction_; break;
    }
}

loss::verdict loss::judge() noexcept {
    const bool first = std::exchange(first_, false);
    const bool may_commit = std::exchange(may_commit_, false);
    const bool may_commit_early = std::exchange(may_commit_early_, false);
    if (facts_.server_was_idle || (facts_.server_said_fatal && !first)) {
        return verdict::never_ran;
    }
    const bool was_stopped = first && (facts_.head_failed || (facts_.server_said_fatal && !facts_.head_was_executed));
    return (was_stopped ? may_commit_early : may_commit) ? verdict::in_doubt : verdict::not_done;
}

} // namespace pgcoro::wire
