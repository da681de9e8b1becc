// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/tsquery.hpp>

#include "types/text_search_reader.hpp"

#include <string_view>
#include <utility>

namespace pgcoro {
namespace {

// How an item begins.
constexpr std::uint8_t is_lexeme = 1;
constexpr std::uint8_t is_operator = 2;

/// A part of a query in print, and how strongly its operator binds.
struct printed_part {
    std::string text;
    int priority = 0;
    bool is_phrase = false;
};

void parenthesise(printed_part& part, bool is_needed) {
    if (is_needed) {
        part.text.insert(0, "( ");
        part.text += " )";
    }
}

} // namespace

void pg_type<tsquery>::encode(const tsquery& value, value_writer& out) {
    out.put(static_cast<std::uint32_t>(value.items_.size()));
    for (const auto& item : value.items_) {
        if (item.what == tsquery::kind::lexeme) {
            out.put(is_lexeme);
            out.put(item.weights);
            out.put(static_cast<std::uint8_t>(item.is_prefix));
            out.put_text(item.text);
            out.put(std::uint8_t{0});
        } else {
            out.put(is_operator);
            out.put(static_cast<std::uint8_t>(item.what));
            if (item.what == tsquery::kind::phrase) {
                out.put(item.distance);
            }
        }
    }
}

errc pg_type<tsquery>::decode(oid_number, value_bytes bytes, tsquery& out) {
    using kind = tsquery::kind;
    detail::text_search_reader reader(bytes);
    std::uint32_t count = 0;
    constexpr std::size_t least_item_size = 2;
    if (!reader.take(count) || count > reader.left() / least_item_size) {
        return errc::malformed_value;
    }
    out.items_.clear();
    std::size_t missing = count == 0 ? 0 : 1; // operands that are still to come
    for (; count != 0; --count) {
        std::uint8_t type = 0;
        std::uint8_t field = 0;
        if (missing == 0 || !reader.take(type) || !reader.take(field)) {
            return errc::malformed_value;
        }
        auto& item = out.items_.emplace_back();
        if (type == is_lexeme) {
            std::uint8_t is_prefix = 0;
            if (field > 0xf || !reader.take(is_prefix) || is_prefix > 1 || !reader.take(item.text)) {
                return errc::malformed_value;
            }
            item.weights = field;
            item.is_prefix = is_prefix != 0;
            --missing;
        } else {
            if (type != is_operator || field < 1 || field > 4) {
                return errc::malformed_value;
            }
            item.what = static_cast<kind>(field);
            if (item.what == kind::phrase && !reader.take(item.distance)) {
                return errc::malformed_value;
            }
            missing += item.what != kind::negation;
        }
    }
    return missing == 0 && reader.left() == 0 ? errc{} : errc::malformed_value;
}

std::string to_string(const tsquery& value) {
    using kind = tsquery::kind;
    const auto priority_of = [](kind what) {
        switch (what) {
        case kind::disjunction: return 1;
        case kind::conjunction: return 2;
        case kind::phrase: return 3;
        case kind::negation: return 4;
        default: return 5;
        }
    };
    // Backwards, each operator's operands come before it, the left one first.
    std::vector<printed_part> parts;
    const auto pop = [&] {
        printed_part last = std::move(parts.back());
        parts.pop_back();
        return last;
    };
    for (auto item = value.items_.rbegin(); item != value.items_.rend(); ++item) {
        const int priority = priority_of(item->what);
        const bool is_phrase = item->what == kind::phrase;
        if (item->what == kind::lexeme) {
            auto& part = parts.emplace_back(printed_part{{}, priority, false});
            detail::append_lexeme(part.text, item->text);
            part.text += item->is_prefix ? ":*" : item->weights != 0 ? ":" : "";
            for (int weight = 3; weight >= 0; --weight) {
                part.text.append((item->weights >> weight) & 1, static_cast<char>('D' - weight));
            }
            continue;
        }
        auto right = pop();
        parenthesise(right, right.priority < priority || (right.is_phrase && is_phrase));
        if (item->what == kind::negation) {
            parts.push_back(printed_part{"!" + right.text, priority, false});
            continue;
        }
        auto& left = parts.back();
        parenthesise(left, left.priority < priority);
        left.text += item->what == kind::conjunction   ? " & "
                     : item->what == kind::disjunction ? " | "
                     : item->distance == 1             ? " <-> "
                                                       : " <" + std::to_string(item->distance) + "> ";
        left.text += right.text;
        left.priority = priority;
        left.is_phrase = is_phrase;
    }
    return parts.empty() ? std::string() : std::move(parts.back().text);
}

} // namespace pgcoro
