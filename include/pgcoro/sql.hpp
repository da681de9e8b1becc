// SPDX-License-Identifier: BSL-1.0
// SQL text checked at compile time: `sql<Args...>` takes string literals only, and the compiler counts the placeholders.
#pragma once

#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/sql_scanner.hpp>
#include <pgcoro/detail/statement_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgcoro {

class parameters;

namespace detail {

// Never defined: a mistake becomes a call of one of these at compile time, and the compiler prints its name.
void pgcoro_too_few_arguments_for_the_placeholders_of_this_sql();
void pgcoro_too_many_arguments_for_the_placeholders_of_this_sql();
void pgcoro_this_sql_has_a_percent_sign_where_a_placeholder_like_dollar_1_belongs();
void pgcoro_this_sql_has_a_question_mark_where_a_placeholder_like_dollar_1_belongs();
void pgcoro_this_sql_has_a_colon_and_a_name_where_a_placeholder_like_dollar_1_belongs();
void pgcoro_the_placeholder_numbers_of_this_sql_have_a_gap();
void pgcoro_this_sql_has_a_placeholder_number_out_of_range();
void pgcoro_this_sql_ends_inside_a_quote_or_comment();
void pgcoro_this_sql_contains_a_nul_character();

/// Detects placeholders of other libraries. They may also be valid SQL, so this runs only if there are too few placeholders.
consteval void refuse_foreign_placeholders(std::string_view text) {
    switch (foreign_placeholder(text)) {
    case '%': pgcoro_this_sql_has_a_percent_sign_where_a_placeholder_like_dollar_1_belongs(); break;
    case '?': pgcoro_this_sql_has_a_question_mark_where_a_placeholder_like_dollar_1_belongs(); break;
    case ':': pgcoro_this_sql_has_a_colon_and_a_name_where_a_placeholder_like_dollar_1_belongs(); break;
    default: break;
    }
}

template <class... Args>
inline constexpr bool is_dynamic_list = false;
template <class Arg>
inline constexpr bool is_dynamic_list<Arg> = std::is_same_v<std::remove_cvref_t<Arg>, parameters>;

template <class T>
concept text_but_no_literal = !std::is_array_v<T> && std::is_convertible_v<const T&, std::string_view>;

} // namespace detail

/// A statement's text, known at compile time, for arguments of the types `Args`; write `sql<Args...>`.
///
/// Takes only a string literal (or another constant array of static storage). These do not compile: a number of arguments that
/// differs from the number of placeholders, a gap in the placeholders' numbers, `$0`, a NUL character, an unterminated quote or
/// comment. If the only argument is a `pgcoro::parameters`, its size is compared at run time.
template <class... Args>
class basic_sql {
public:
    template <std::size_t Size>
    consteval basic_sql(const char (&literal)[Size]) : data_(literal), size_(Size - 1) {
        if (view().find('\0') != std::string_view::npos || literal[size_] != '\0') {
            detail::pgcoro_this_sql_contains_a_nul_character();
        }
        detail::session_watch watch;
        const auto found = detail::scan_placeholders(view(), watch);
        is_stateless_ = watch.found().empty();
        if (found.unterminated) {
            detail::pgcoro_this_sql_ends_inside_a_quote_or_comment();
        }
        if (found.zero || found.count >= detail::sql_scanner::too_high) {
            detail::pgcoro_this_sql_has_a_placeholder_number_out_of_range();
        }
        // A statement that sets the encoding, and a COPY, gets the full check before it is sent, which refuses it.
        placeholders_ =
            detail::sets_encoding(view()) || detail::may_be_copy(view()) ? detail::statement_text::unknown : found.count;
        fingerprint_ = detail::fingerprint_of(view());
        if constexpr (!detail::is_dynamic_list<Args...>) {
            constexpr int arguments = sizeof...(Args);
            if (found.count > arguments) {
                detail::pgcoro_too_few_arguments_for_the_placeholders_of_this_sql();
            }
            if (found.count < arguments) {
                detail::refuse_foreign_placeholders(view());
                detail::pgcoro_too_many_arguments_for_the_placeholders_of_this_sql();
            }
        }
        if (found.missing != 0) {
            detail::pgcoro_the_placeholder_numbers_of_this_sql_have_a_gap();
        }
    }

    /// Exists for its error message: text that is not a literal needs `unchecked_sql`.
    template <detail::text_but_no_literal Text>
    basic_sql(const Text&) {
        static_assert(
            !detail::text_but_no_literal<Text>,
            "pgcoro: SQL is a string literal or a constexpr char array (not a pointer, not a string); wrap text made at run "
            "time in pgcoro::unchecked_sql(...)");
    }

    constexpr const char* data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr std::string_view view() const noexcept { return {data_, size_}; }
    constexpr int placeholder_count() const noexcept { return placeholders_; }

    operator detail::statement_text() const noexcept {
        return detail::statement_text(view(), placeholders_, fingerprint_, is_stateless_);
    }

private:
    const char* data_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t fingerprint_ = 0;
    int placeholders_ = 0;
    bool is_stateless_ = false;
};

/// `sql<Args...>` as a function's parameter does not take part in the deduction of `Args`, like `std::format_string`.
template <class... Args>
using sql = basic_sql<std::type_identity_t<Args>...>;

/// SQL text made at run time: the explicit way around `sql`. The caller vouches for the text: identifiers and values from
/// elsewhere must go through `quote_identifier` and `quote_literal`, or better, through parameters.
///
/// A NUL character in it is reported as `errc::invalid_text` when it is used; nothing is sent.
class unchecked_sql {
public:
    explicit unchecked_sql(std::string text) noexcept : text_(std::move(text)) {}

    /// Text that is used again and again, such as that of a statement made from the columns of a table: it is prepared, like a
    /// literal, and cheap to copy. It is kept until the program ends, so the number of different texts must be limited.
    ///
    /// Thread safety: may be called from any thread.
    static unchecked_sql kept(std::string_view text);

    const std::string& text() const noexcept { return kept_ ? kept_->text : text_; }
    std::string_view view() const noexcept { return text(); }
    const char* data() const noexcept { return text().c_str(); }
    std::size_t size() const noexcept { return text().size(); }

    operator detail::statement_text() const& { return kept_ ? as_static() : detail::statement_text(text_); }
    operator detail::statement_text() && { return kept_ ? as_static() : detail::statement_text(std::move(text_)); }

private:
    struct kept_text {
        std::string text;
        int placeholders;
        std::uint64_t fingerprint;
        bool is_stateless;
    };
    explicit unchecked_sql(const kept_text* kept) noexcept : kept_(kept) {}

    detail::statement_text as_static() const noexcept {
        return detail::statement_text(kept_->text, kept_->placeholders, kept_->fingerprint, kept_->is_stateless);
    }

    std::string text_;
    const kept_text* kept_ = nullptr;
};

} // namespace pgcoro
