// SPDX-License-Identifier: BSL-1.0
#include "connect/conninfo_scan.hpp"

#include <algorithm>

namespace pgcoro::wire {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool is_blank(char c) noexcept { return blanks.find(c) != blanks.npos; }

/// Of the others the value may be a password, and is not copied.
bool is_of_interest(std::string_view keyword) noexcept { return keyword == "load_balance_hosts" || keyword == "ssl"; }

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
    const auto found = text.find_first_not_of(blanks, at);
    return found == text.npos ? text.size() : found;
}

/// Reads a value from `at` on and leaves `at` behind it; keeps it, unless there is nowhere to. False: a quote is not closed.
bool read_value(std::string_view text, std::size_t& at, std::string* value) {
    const bool quoted = at < text.size() && text[at] == '\'';
    at += quoted ? 1 : 0;
    for (; at < text.size(); ++at) {
        if (quoted ? text[at] == '\'' : is_blank(text[at])) {
            at += quoted ? 1 : 0;
            return true;
        }
        at += text[at] == '\\' && at + 1 < text.size() ? 1 : 0;
        if (value) {
            *value += text[at];
        }
    }
    return !quoted;
}

conninfo_scan scan_keywords(std::string_view text) {
    conninfo_scan scan;
    for (auto at = skip_blanks(text, 0); at < text.size(); at = skip_blanks(text, at)) {
        conninfo_setting setting;
        setting.begin = at;
        const auto name_end = std::min(text.find_first_of(" \t\n\v\f\r=", at), text.size());
        setting.keyword = text.substr(at, name_end - at);
        at = skip_blanks(text, name_end);
        if (at == text.size() || text[at] != '=') {
            scan.problem = conninfo_problem{setting.begin, "a keyword without \"=\""};
            return scan;
        }
        const auto value_at = at = skip_blanks(text, at + 1);
        if (!read_value(text, at, is_of_interest(setting.keyword) ? &setting.value : nullptr)) {
            scan.problem = conninfo_problem{value_at, "a quoted value without its closing quote"};
            return scan;
        }
        setting.end = at;
        scan.settings.push_back(std::move(setting));
    }
    return scan;
}

std::size_t scheme_size(std::string_view text) noexcept {
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (text.starts_with(scheme)) {
            return scheme.size();
        }
    }
    return 0;
}

conninfo_scan scan_uri(std::string_view text, std::size_t at) {
    conninfo_scan scan;
    scan.is_uri = true;
    // User and password may hold a question mark; they end at the first @, if one comes before a slash.
    const auto user_end = text.find_first_of("@/", at);
    at = user_end != text.npos && text[user_end] == '@' ? user_end + 1 : at;
    const auto query = text.find('?', at);
    for (at = query; at < text.size();) {
        const auto begin = at + 1;
        const auto end = std::min(text.find('&', begin), text.size());
        const auto equals = text.substr(0, end).find('=', begin);
        if (equals == text.npos) {
            if (begin != end || end != text.size()) {
                scan.problem = conninfo_problem{begin, "a query parameter without \"=\""};
            }
            return scan;
        }
        const auto keyword = text.substr(begin, equals - begin);
        const auto value = is_of_interest(keyword) ? text.substr(equals + 1, end - equals - 1) : std::string_view();
        scan.settings.push_back({keyword, std::string(value), begin, end});
        at = end;
    }
    return scan;
}

} // namespace

conninfo_scan scan_conninfo(std::string_view text) {
    const auto scheme = scheme_size(text);
    return scheme != 0 ? scan_uri(text, scheme) : scan_keywords(text);
}

std::string without(std::string_view text, const conninfo_scan& scan, const conninfo_setting& setting) {
    std::string rest(text);
    if (!scan.is_uri) {
        std::fill_n(rest.data() + setting.begin, setting.end - setting.begin, ' ');
        return rest; // itself, and no copy: it may hold a password
    }
    // The separator after the parameter goes with it; that before the last one instead.
    const bool last = setting.end == text.size();
    rest.erase(setting.begin - (last ? 1 : 0), setting.end - setting.begin + 1);
    return rest;
}

} // namespace pgcoro::wire
