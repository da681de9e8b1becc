// SPDX-License-Identifier: BSL-1.0
#include "statement/setting_text.hpp"

#include "statement/sql_command.hpp"

#include <pgcoro/detail/session_effect.hpp>

#include <algorithm>
#include <cstddef>

namespace pgcoro::wire {
namespace {

constexpr std::string_view meaning_settings[] = {
    "search_path",
    "role",
    "authorization",
    "schema",
    "zone",
    "datestyle",
    "intervalstyle",
    "xmloption",
    "lc_monetary",
    "transform_null_equals",
    "standard_conforming_strings",
};

/// `word` is in lower case.
auto occurrence(std::string_view sql, std::string_view word) noexcept {
    return std::ranges::search(sql, word, {}, detail::lower_case);
}

bool mentions(std::string_view sql, std::string_view word) noexcept { return !occurrence(sql, word).empty(); }

bool mentions_setting(std::string_view sql) noexcept {
    return std::ranges::any_of(meaning_settings, [&](auto word) { return mentions(sql, word); });
}

constexpr std::string_view set_config_call = "set_config";

} // namespace

bool sets_meaning(std::string_view sql) noexcept {
    const auto verb = first_word(sql);
    const bool may_reset = detail::is_word(verb, "reset", "discard");
    return (may_reset || detail::is_word(verb, "set")) && (mentions_setting(sql) || (may_reset && mentions(sql, "all")));
}

bool may_set_meaning(std::string_view sql) noexcept {
    const auto call = occurrence(sql, set_config_call);
    if (call.empty()) {
        return false;
    }
    const std::string_view behind = sql.substr(static_cast<std::size_t>(call.end() - sql.begin()));
    const auto argument = behind.find_first_not_of(" (\t\r\n");
    const bool is_literal = argument != std::string_view::npos && behind[argument] == '\'';
    return !is_literal || mentions_setting(sql) || mentions(behind, set_config_call);
}

bool sets_for_session(std::string_view sql) noexcept {
    return mentions(sql, set_config_call) ? !mentions(sql, "true") || mentions(sql, "false") : !mentions(sql, "local");
}

restored restored_by(std::string_view sql) noexcept {
    if (!mentions(sql, "reset") && !mentions(sql, "default")) {
        return restored::none;
    }
    return mentions(sql, "all") ? restored::all : restored::one;
}

} // namespace pgcoro::wire
