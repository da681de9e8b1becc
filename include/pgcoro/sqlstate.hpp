// SPDX-License-Identifier: BSL-1.0
// SQLSTATE codes: all that PostgreSQL documents, under the names in its manual (appendix "PostgreSQL Error Codes").
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pgcoro {
namespace detail {

constexpr int sqlstate_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

/// The five characters as one number in base 36; -1 if they are not a SQLSTATE.
constexpr int pack_sqlstate(std::string_view text) noexcept {
    if (text.size() != 5) {
        return -1;
    }
    int packed = 0;
    for (char c : text) {
        const int digit = sqlstate_digit(c);
        if (digit < 0) {
            return -1;
        }
        packed = packed * 36 + digit;
    }
    return packed;
}

} // namespace detail

/// A SQLSTATE. Extensions and `raise ... using errcode` define more than those named here; `"P0042"_sqlstate` is valid too.
enum class sqlstate : int {
#define PGCORO_SQLSTATE(code, name) name = ::pgcoro::detail::pack_sqlstate(code),
#include <pgcoro/detail/sqlstates.inc>
#undef PGCORO_SQLSTATE
};

/// The five characters, such as "23505".
std::string to_string(sqlstate state);

/// The condition's name in PostgreSQL's manual, such as "unique_violation"; empty for a code that the manual does not list.
std::string_view condition_name(sqlstate state) noexcept;

/// The SQLSTATE that five digits and upper-case letters spell, or nothing.
constexpr std::optional<sqlstate> parse_sqlstate(std::string_view text) noexcept {
    const int packed = detail::pack_sqlstate(text);
    return packed < 0 ? std::nullopt : std::optional(static_cast<sqlstate>(packed));
}

/// The first two characters, the class, as a SQLSTATE ending in 000: `sqlstate_class(unique_violation)` is
/// `integrity_constraint_violation`.
constexpr sqlstate sqlstate_class(sqlstate state) noexcept {
    constexpr int subclasses = 36 * 36 * 36;
    return static_cast<sqlstate>(static_cast<int>(state) / subclasses * subclasses);
}

/// The category of error codes that are SQLSTATEs.
const boost::system::error_category& sqlstate_category() noexcept;

inline boost::system::error_code make_error_code(sqlstate state) noexcept {
    return {static_cast<int>(state), sqlstate_category()};
}

inline namespace literals {

/// `"23505"_sqlstate`; text that is not a SQLSTATE does not compile.
consteval sqlstate operator""_sqlstate(const char* text, std::size_t size) { return parse_sqlstate({text, size}).value(); }

} // namespace literals
} // namespace pgcoro

template <>
struct boost::system::is_error_code_enum<pgcoro::sqlstate> : std::true_type {};
