// SPDX-License-Identifier: BSL-1.0
#include "mariadb/expression_translator.hpp"

#include "mariadb/tokens.hpp"
#include "sql_text.hpp"

#include <vector>

namespace migrate::mariadb {
namespace {

using sort = token::sort;

constexpr int most_depth = 100;

struct node {
    std::string sql;
    value_kind kind = value_kind::other;
    bool ignores_case = false;
    /// A literal as it stands; a text literal can be compared with what its text can become.
    bool is_literal = false;
    bool is_integer_column = false;
};

using maybe = std::optional<node>;

bool is_numeric(const node& n) { return n.kind == value_kind::number || n.kind == value_kind::floating; }

/// As a truth value: MariaDB takes a number for one.
maybe condition(maybe n) {
    if (n && n->kind == value_kind::number && !n->is_literal) {
        return node{"(" + n->sql + " <> 0)", value_kind::boolean};
    }
    return n && n->kind == value_kind::boolean ? n : std::nullopt;
}

/// Integers are multiplied and added in PostgreSQL's own width otherwise, and overflow.
std::string wide(const node& n) { return n.is_integer_column ? n.sql + "::numeric" : n.sql; }

/// Makes both sides comparable, or says that they are not.
bool make_comparable(node& a, node& b) {
    if (a.kind == value_kind::boolean && b.kind == value_kind::number && b.is_literal && (b.sql == "0" || b.sql == "1")) {
        b.sql = b.sql == "1" ? "true" : "false";
        return true;
    }
    if (is_numeric(a) && is_numeric(b)) {
        return true;
    }
    if (a.kind == value_kind::moment) {
        return b.kind == value_kind::moment || (b.kind == value_kind::text && b.is_literal);
    }
    if (a.kind != value_kind::text || b.kind != value_kind::text) {
        return false;
    }
    if (a.ignores_case || b.ignores_case) {
        a.sql = "lower(" + a.sql + ")";
        b.sql = "lower(" + b.sql + ")";
    }
    return true;
}

class parser {
public:
    parser(std::vector<token> tokens, const operand_lookup& look_up, bool is_generated)
        : tokens_(std::move(tokens)), look_up_(look_up), is_generated_(is_generated) {}

    maybe whole() {
        maybe n = any_of();
        return now().is == sort::end ? n : std::nullopt;
    }

private:
    const token& now() const { return tokens_[at_]; }
    bool skip(sort is, std::string_view text) {
        if (now().is != is || now().text != text) {
            return false;
        }
        ++at_;
        return true;
    }
    bool skip_word(std::string_view text) { return skip(sort::word, text); }
    bool skip_symbol(std::string_view text) { return skip(sort::symbol, text); }

    maybe any_of() { return joined("or", &parser::all_of); }
    maybe all_of() { return joined("and", &parser::negation); }

    maybe joined(std::string_view word, maybe (parser::*next)()) {
        maybe left = (this->*next)();
        while (left && skip_word(word)) {
            const maybe a = condition(std::move(left));
            const maybe b = condition((this->*next)());
            if (!a || !b) {
                return std::nullopt;
            }
            left = node{"(" + a->sql + " " + std::string(word) + " " + b->sql + ")", value_kind::boolean};
        }
        return left;
    }

    maybe negation() {
        if (!skip_word("not")) {
            return predicate();
        }
        const maybe n = condition(++depth_ > most_depth ? std::nullopt : negation());
        --depth_;
        return n ? maybe(node{"(not " + n->sql + ")", value_kind::boolean}) : std::nullopt;
    }

    maybe predicate() {
        maybe left = sum();
        if (!left) {
            return std::nullopt;
        }
        if (skip_word("is")) {
            const std::string negated = skip_word("not") ? "not " : "";
            return skip_word("null") ? maybe(node{"(" + left->sql + " is " + negated + "null)", value_kind::boolean})
                                     : std::nullopt;
        }
        const std::string negated = skip_word("not") ? "not " : "";
        if (skip_word("between")) {
            return between(*left, negated);
        }
        if (skip_word("in")) {
            return in_list(*left, negated);
        }
        if (!negated.empty()) {
            return std::nullopt;
        }
        return compared(*std::move(left));
    }

    bool is_comparable(node& a, node& b) const {
        const bool is_of_texts = a.kind == value_kind::text && b.kind == value_kind::text;
        return !(is_generated_ && is_of_texts) && make_comparable(a, b);
    }

    maybe compared(node left) {
        for (const std::string_view symbol : {"<=", ">=", "<>", "!=", "<", ">", "="}) {
            if (skip_symbol(symbol)) {
                maybe right = sum();
                if (!right || !is_comparable(left, *right)) {
                    return std::nullopt;
                }
                return node{"(" + left.sql + " " + std::string(symbol) + " " + right->sql + ")", value_kind::boolean};
            }
        }
        return left;
    }

    maybe between(const node& value, const std::string& negated) {
        maybe low = sum();
        if (!low || !skip_word("and")) {
            return std::nullopt;
        }
        maybe high = sum();
        node left = value;
        node again = value;
        if (!high || !is_comparable(left, *low) || !is_comparable(again, *high) || left.sql != again.sql) {
            return std::nullopt;
        }
        return node{"(" + left.sql + " " + negated + "between " + low->sql + " and " + high->sql + ")", value_kind::boolean};
    }

    maybe in_list(const node& value, const std::string& negated) {
        std::string list;
        node left;
        if (!skip_symbol("(")) {
            return std::nullopt;
        }
        do {
            maybe item = sum();
            left = value;
            if (!item || !item->is_literal || !is_comparable(left, *item)) {
                return std::nullopt;
            }
            list += (list.empty() ? "" : ", ") + item->sql;
        } while (skip_symbol(","));
        return skip_symbol(")") ? maybe(node{"(" + left.sql + " " + negated + "in (" + list + "))", value_kind::boolean})
                                : std::nullopt;
    }

    maybe sum() { return calculated({"+", "-"}, &parser::product); }
    maybe product() { return calculated({"*"}, &parser::unary); }

    maybe calculated(std::initializer_list<std::string_view> symbols, maybe (parser::*next)()) {
        maybe left = (this->*next)();
        for (auto symbol = symbols.begin(); left && symbol != symbols.end();) {
            if (!skip_symbol(*symbol)) {
                ++symbol;
                continue;
            }
            const maybe right = (this->*next)();
            if (!right || !is_numeric(*left) || !is_numeric(*right)) {
                return std::nullopt;
            }
            const bool is_floating = left->kind == value_kind::floating || right->kind == value_kind::floating;
            left = node{"(" + wide(*left) + " " + std::string(*symbol) + " " + wide(*right) + ")",
                        is_floating ? value_kind::floating : value_kind::number};
            symbol = symbols.begin();
        }
        return left;
    }

    maybe unary() {
        if (!skip_symbol("-")) {
            return primary();
        }
        maybe n = ++depth_ > most_depth ? std::nullopt : unary();
        --depth_;
        if (!n || !is_numeric(*n)) {
            return std::nullopt;
        }
        n->sql = n->is_literal ? "-" + n->sql : "(- " + wide(*n) + ")";
        n->is_integer_column = false;
        return n;
    }

    maybe primary() {
        const token t = now();
        if (t.is == sort::end) {
            return std::nullopt;
        }
        ++at_;
        if (t.is == sort::symbol && t.text == "(") {
            return in_parentheses();
        }
        switch (t.is) {
        case sort::number: return node{t.text, value_kind::number, false, true};
        case sort::text: return node{literal(t.text), value_kind::text, false, true};
        case sort::name: return column(t.text);
        case sort::word: return skip_symbol("(") ? function(t.text) : std::nullopt;
        default: return std::nullopt;
        }
    }

    maybe in_parentheses() {
        if (++depth_ > most_depth) {
            return std::nullopt;
        }
        maybe inner = any_of();
        --depth_;
        return skip_symbol(")") ? inner : std::nullopt;
    }

    maybe column(const std::string& name) const {
        const auto found = look_up_(name);
        if (!found || found->kind == value_kind::other) {
            return std::nullopt;
        }
        return node{sql_name(name), found->kind, found->ignores_case, false, found->kind == value_kind::number};
    }

    maybe function(const std::string& name) {
        if (++depth_ > most_depth) {
            return std::nullopt;
        }
        std::vector<node> arguments;
        do {
            maybe argument = any_of();
            if (!argument || argument->kind != value_kind::text) {
                return std::nullopt;
            }
            arguments.push_back(*std::move(argument));
        } while (skip_symbol(","));
        --depth_;
        if (!skip_symbol(")")) {
            return std::nullopt;
        }
        return name == "concat" ? concatenated(arguments) : function_of_one(name, arguments);
    }

    /// PostgreSQL's concat takes NULL for an empty text; the operator gives NULL, as MariaDB's function does.
    static maybe concatenated(const std::vector<node>& arguments) {
        std::string sql;
        bool ignores_case = false;
        for (const node& argument : arguments) {
            sql += (sql.empty() ? "(" : " || ") + argument.sql;
            ignores_case = ignores_case || argument.ignores_case;
        }
        return node{sql + ")", value_kind::text, ignores_case};
    }

    maybe function_of_one(const std::string& name, const std::vector<node>& arguments) const {
        if (arguments.size() != 1) {
            return std::nullopt;
        }
        const std::string& argument = arguments.front().sql;
        if (name == "char_length" || name == "character_length") {
            return node{"char_length(" + argument + ")", value_kind::number};
        }
        if (is_generated_) {
            return std::nullopt;
        }
        if (name == "length" || name == "octet_length") {
            return node{"octet_length(" + argument + ")", value_kind::number};
        }
        if (name == "lower" || name == "lcase" || name == "upper" || name == "ucase") {
            return node{(name[0] == 'l' ? "lower(" : "upper(") + argument + ")", value_kind::text,
                        arguments.front().ignores_case};
        }
        return std::nullopt;
    }

    std::vector<token> tokens_;
    const operand_lookup& look_up_;
    bool is_generated_;
    std::size_t at_ = 0;
    int depth_ = 0; // a catalog may be hostile
};

} // namespace

std::optional<std::string> translate_expression(std::string_view sql, value_kind wanted, const operand_lookup& look_up,
                                                expression_use use) {
    auto tokens = split_tokens(sql);
    if (!tokens) {
        return std::nullopt;
    }
    maybe n = parser(*std::move(tokens), look_up, use == expression_use::generated).whole();
    if (wanted == value_kind::boolean) {
        n = condition(std::move(n));
    }
    if (!n || n->kind != wanted) {
        return std::nullopt;
    }
    return n->sql;
}

} // namespace migrate::mariadb
