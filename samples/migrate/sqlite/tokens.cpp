// SPDX-License-Identifier: BSL-1.0
#include "tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace migrate::sqlite {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c == '_' || c == '$' || (c & 0x80) != 0 || std::isalpha(static_cast<unsigned char>(c)) != 0; }

class splitter {
public:
    explicit splitter(std::string_view sql) : sql_(sql) {}

    std::optional<std::vector<token>> run() {
        while (at_ < sql_.size()) {
            if (!take_one()) {
                return std::nullopt;
            }
        }
        return std::move(tokens_);
    }

private:
    bool take_one() {
        const char c = sql_[at_];
        const std::size_t begin = at_;
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++at_;
            return true;
        }
        if (sql_.substr(at_).starts_with("--")) {
            at_ = std::min(sql_.find('\n', at_), sql_.size());
            return true;
        }
        if (sql_.substr(at_).starts_with("/*")) {
            const auto end = sql_.find("*/", at_ + 2);
            at_ = end == std::string_view::npos ? sql_.size() : end + 2;
            return end != std::string_view::npos;
        }
        switch (c) {
        case '\'': return take_quoted(token::sort::text, '\'');
        case '"': return take_quoted(token::sort::name, '"');
        case '`': return take_quoted(token::sort::name, '`');
        case '[': return take_quoted(token::sort::name, ']');
        default: break;
        }
        if (is_digit(c) || (c == '.' && at_ + 1 < sql_.size() && is_digit(sql_[at_ + 1]))) {
            take_number();
        } else if (is_letter(c)) {
            take_word();
        } else {
            take_symbol();
        }
        tokens_.back().begin = begin;
        tokens_.back().end = at_;
        return true;
    }

    bool take_quoted(token::sort sort, char quote) {
        token t;
        t.is = sort;
        t.begin = at_++;
        for (; at_ < sql_.size(); ++at_) {
            if (sql_[at_] != quote) {
                t.text += sql_[at_];
            } else if (quote != ']' && at_ + 1 < sql_.size() && sql_[at_ + 1] == quote) {
                t.text += sql_[at_++];
            } else {
                t.end = ++at_;
                tokens_.push_back(std::move(t));
                return true;
            }
        }
        return false;
    }

    void take_number() {
        token t;
        t.is = token::sort::number;
        while (at_ < sql_.size() && (is_digit(sql_[at_]) || is_letter(sql_[at_]) || sql_[at_] == '.' ||
                                     ((sql_[at_] == '-' || sql_[at_] == '+') && (t.text.back() | 0x20) == 'e'))) {
            t.text += sql_[at_++];
        }
        tokens_.push_back(std::move(t));
    }

    void take_word() {
        token t;
        while (at_ < sql_.size() && (is_letter(sql_[at_]) || is_digit(sql_[at_]))) {
            t.text += static_cast<char>(std::tolower(static_cast<unsigned char>(sql_[at_++])));
        }
        tokens_.push_back(std::move(t));
    }

    void take_symbol() {
        constexpr std::array<std::string_view, 9> pairs{"||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "->"};
        const bool is_pair = std::ranges::find(pairs, sql_.substr(at_, 2)) != pairs.end();
        const std::size_t size = is_pair ? 2 : 1;
        tokens_.push_back({token::sort::symbol, std::string(sql_, at_, size)});
        at_ += size;
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    std::vector<token> tokens_;
};

} // namespace

std::optional<std::vector<token>> split(std::string_view sql) { return splitter(sql).run(); }

} // namespace migrate::sqlite
