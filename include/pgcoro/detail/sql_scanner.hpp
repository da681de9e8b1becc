// SPDX-License-Identifier: BSL-1.0
// Finds the placeholders ($1, $2, ...) and the words in SQL text as PostgreSQL's lexer would: not in strings, quoted names or
// comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgcoro::detail {

/// Steps from one placeholder or word to the next. Assumes `standard_conforming_strings` is on, the server's default.
class sql_scanner {
public:
    static constexpr int at_end = -1;
    /// A keyword or a name without quotes.
    static constexpr int at_word = -2;
    /// One of ( ) ; and the backslash, if they are watched for.
    static constexpr int at_mark = -3;
    /// The numbers above the protocol's limit are all the same to us.
    static constexpr int too_high = 65536;

    constexpr explicit sql_scanner(std::string_view text) noexcept : text_(text) {}

    constexpr void watch_marks() noexcept { watches_marks_ = true; }

    /// The next placeholder's number or `too_high`, `at_word`, `at_mark`, or `at_end`.
    constexpr int next() noexcept {
        while (position_ < text_.size()) {
            const char c = text_[position_];
            if (is_name_start(c)) {
                skip_name();
                return at_word;
            }
            if (c == '\'' || c == '"') {
                skip_quoted(c);
            } else if (c == '$' && is_digit(peek(1))) {
                return read_number();
            } else if (c == '$') {
                skip_dollar_quoted();
            } else if (c == '-' && peek(1) == '-') {
                skip_line_comment();
            } else if (c == '/' && peek(1) == '*') {
                skip_block_comment();
            } else if (watches_marks_ && (c == ';' || c == '(' || c == ')' || c == '\\')) {
                ++position_;
                return at_mark;
            } else {
                ++position_;
            }
        }
        return at_end;
    }

    /// The word that was the last item.
    constexpr std::string_view word() const noexcept { return text_.substr(word_, word_size_); }

    /// The character that was the last item, and where it stands.
    constexpr char mark() const noexcept { return text_[position_ - 1]; }
    constexpr std::size_t mark_position() const noexcept { return position_ - 1; }

    /// The text ended inside a quote or a comment.
    constexpr bool unterminated() const noexcept { return unterminated_; }

private:
    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
    static constexpr bool is_newline(char c) noexcept { return c == '\n' || c == '\r'; }
    static constexpr bool is_space(char c) noexcept { return is_newline(c) || c == ' ' || c == '\t' || c == '\f' || c == '\v'; }
    static constexpr bool is_name_start(char c) noexcept {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    }

    constexpr char peek(std::size_t ahead) const noexcept {
        return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
    }

    // Moves behind `end` in the text, or to its end if there is none.
    constexpr void skip_past(std::string_view end, std::size_t from) noexcept {
        const auto found = text_.find(end, from);
        unterminated_ = found == std::string_view::npos;
        position_ = unterminated_ ? text_.size() : found + end.size();
    }

    // A name may hold digits and dollars: there is no placeholder in `a$1`. A lone E makes the string behind it an escape
    // string.
    constexpr void skip_name() noexcept {
        word_ = position_;
        while (is_name_start(peek(0)) || is_digit(peek(0)) || peek(0) == '$') {
            ++position_;
        }
        word_size_ = position_ - word_;
        const bool lone_e = word_size_ == 1 && (text_[word_] == 'E' || text_[word_] == 'e');
        if (lone_e && peek(0) == '\'') {
            skip_escape_string();
        }
    }

    // A doubled quote inside looks like the end of one text and the start of another, which comes to the same.
    constexpr void skip_quoted(char quote) noexcept { skip_past({&quote, 1}, position_ + 1); }

    constexpr void skip_escape_string() noexcept {
        do {
            ++position_;
            while (position_ < text_.size() && peek(0) != '\'') {
                position_ += peek(0) == '\\' ? 2 : 1;
            }
            unterminated_ = position_ >= text_.size();
            position_ = unterminated_ ? text_.size() : position_ + 1;
        } while (peek(0) == '\'' || continues_on_next_line());
    }

    // 'a' and 'b' with a line break between them are one string, of the first one's kind.
    constexpr bool continues_on_next_line() noexcept {
        const auto start = position_;
        bool line_break = false;
        while (position_ < text_.size()) {
            if (is_space(peek(0))) {
                line_break = line_break || is_newline(peek(0));
                ++position_;
            } else if (peek(0) == '-' && peek(1) == '-') {
                skip_line_comment();
            } else {
                break;
            }
        }
        if (line_break && peek(0) == '\'') {
            return true;
        }
        position_ = start;
        return false;
    }

    // $$...$$ or $tag$...$tag$.
    constexpr void skip_dollar_quoted() noexcept {
        std::size_t length = 1;
        while (is_name_start(peek(length)) || (length > 1 && is_digit(peek(length)))) {
            ++length;
        }
        if (peek(length) == '$') {
            skip_past(text_.substr(position_, length + 1), position_ + length + 1);
        } else {
            position_ += 1;
        }
    }

    constexpr void skip_line_comment() noexcept {
        while (position_ < text_.size() && !is_newline(peek(0))) {
            ++position_;
        }
    }

    constexpr void skip_block_comment() noexcept {
        std::size_t depth = 0;
        do {
            if (peek(0) == '/' && peek(1) == '*') {
                ++depth;
                position_ += 2;
            } else if (peek(0) == '*' && peek(1) == '/') {
                --depth;
                position_ += 2;
            } else {
                ++position_;
            }
        } while (depth > 0 && position_ < text_.size());
        unterminated_ = depth > 0;
    }

    constexpr int read_number() noexcept {
        int number = 0;
        for (++position_; is_digit(peek(0)); ++position_) {
            number = number < too_high ? number * 10 + (peek(0) - '0') : too_high;
        }
        return number < too_high ? number : +too_high;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t word_ = 0;
    std::size_t word_size_ = 0;
    bool unterminated_ = false;
    bool watches_marks_ = false;
};

/// The placeholders of a statement.
struct sql_placeholders {
    /// The highest number: how many parameters the statement takes.
    int count = 0;
    /// The lowest number from 1 that does not occur below `count`, or 0.
    int missing = 0;
    /// `$0` occurs, which no statement can have.
    bool zero = false;
    /// The text ends inside a quote or a comment.
    bool unterminated = false;
};

/// Shows each word to `words`, on the way.
template <class Words>
constexpr sql_placeholders scan_placeholders(std::string_view text, Words& words) noexcept {
    sql_placeholders found;
    // One pass notes 64 numbers; a second pass is rare.
    for (int first = 1; first == 1 || first <= found.count; first += 64) {
        std::uint64_t seen = 0;
        sql_scanner scanner(text);
        for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
            if (n == sql_scanner::at_word) {
                if (first == 1) {
                    words.see(scanner.word());
                }
                continue;
            }
            found.zero = found.zero || n == 0;
            found.count = n > found.count ? n : found.count;
            if (n >= first && n - first < 64) {
                seen |= std::uint64_t{1} << (n - first);
            }
        }
        found.unterminated = scanner.unterminated();
        for (int i = 0; i < 64 && first + i <= found.count; ++i) {
            if ((seen >> i & 1) == 0) {
                found.missing = first + i;
                return found;
            }
        }
    }
    return found;
}

constexpr sql_placeholders scan_placeholders(std::string_view text) noexcept {
    struct {
        constexpr void see(std::string_view) noexcept {}
    } nobody;
    return scan_placeholders(text, nobody);
}

/// The character that begins the first `?`, `%s` or `:name` outside of quotes and comments, or '\0'.
constexpr char foreign_placeholder(std::string_view text) noexcept {
    const auto is_letter = [&](std::size_t at) {
        const char c = at < text.size() ? text[at] : '\0';
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool is_name = c == ':' && is_letter(at + 1) && (at == 0 || text[at - 1] != ':');
        const bool is_format = c == '%' && is_letter(at + 1) && !is_letter(at + 2);
        if ((c == '?' || is_name || is_format) && !scan_placeholders(text.substr(0, at)).unterminated) {
            return c;
        }
    }
    return '\0';
}

} // namespace pgcoro::detail
