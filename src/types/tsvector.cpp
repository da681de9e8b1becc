// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/tsvector.hpp>

#include "types/text_search_reader.hpp"

#include <algorithm>
#include <string_view>

namespace pgcoro {
namespace {

constexpr std::size_t most_lexeme_bytes = 2047;
constexpr std::size_t most_positions = 256;
constexpr std::uint16_t last_position = 0x3fff;
constexpr int weight_shift = 14; // two bits above the position: 3 for A, 0 for D

bool is_sendable_lexeme(const tsvector::lexeme& lexeme) noexcept {
    const auto& positions = lexeme.positions;
    const auto is_known = [](const tsvector::position& p) {
        return p.at >= 1 && p.at <= last_position && p.weight >= 'A' && p.weight <= 'D';
    };
    const auto not_before = [](const tsvector::position& a, const tsvector::position& b) { return a.at >= b.at; };
    return lexeme.text.size() <= most_lexeme_bytes && positions.size() <= most_positions &&
           std::all_of(positions.begin(), positions.end(), is_known) &&
           std::adjacent_find(positions.begin(), positions.end(), not_before) == positions.end();
}

bool has_duplicates(const std::vector<tsvector::lexeme>& lexemes) {
    std::vector<std::string_view> words;
    words.reserve(lexemes.size());
    for (const auto& lexeme : lexemes) {
        words.push_back(lexeme.text);
    }
    std::sort(words.begin(), words.end());
    return std::adjacent_find(words.begin(), words.end()) != words.end();
}

bool take_lexeme(detail::text_search_reader& reader, tsvector::lexeme& lexeme) {
    std::uint16_t count = 0;
    if (!reader.take(lexeme.text) || !reader.take(count) || count > reader.left() / sizeof count) {
        return false;
    }
    lexeme.positions.reserve(count);
    for (; count != 0; --count) {
        std::uint16_t packed = 0;
        reader.take(packed);
        lexeme.positions.emplace_back(static_cast<std::uint16_t>(packed & last_position),
                                      static_cast<char>('D' - (packed >> weight_shift)));
    }
    return true;
}

} // namespace

void pg_type<tsvector>::encode(const tsvector& value, value_writer& out) {
    if (value.lexemes.size() > value_writer::max_size ||
        !std::all_of(value.lexemes.begin(), value.lexemes.end(), is_sendable_lexeme) || has_duplicates(value.lexemes)) {
        return out.fail(errc::value_out_of_range);
    }
    out.put(static_cast<std::uint32_t>(value.lexemes.size()));
    for (const auto& lexeme : value.lexemes) {
        out.put_text(lexeme.text);
        out.put(std::uint8_t{0});
        out.put(static_cast<std::uint16_t>(lexeme.positions.size()));
        for (const auto& p : lexeme.positions) {
            out.put(static_cast<std::uint16_t>(p.at | ('D' - p.weight) << weight_shift));
        }
    }
}

errc pg_type<tsvector>::decode(oid_number, value_bytes bytes, tsvector& out) {
    detail::text_search_reader reader(bytes);
    std::uint32_t count = 0;
    constexpr std::size_t least_lexeme_size = 3; // its NUL and the number of positions
    if (!reader.take(count) || count > reader.left() / least_lexeme_size) {
        return errc::malformed_value;
    }
    out.lexemes.clear();
    for (; count != 0; --count) {
        if (!take_lexeme(reader, out.lexemes.emplace_back())) {
            return errc::malformed_value;
        }
    }
    return reader.left() == 0 ? errc{} : errc::malformed_value;
}

std::string to_string(const tsvector& value) {
    std::string text;
    for (const auto& lexeme : value.lexemes) {
        text += text.empty() ? "" : " ";
        detail::append_lexeme(text, lexeme.text);
        char separator = ':';
        for (const auto& p : lexeme.positions) {
            text.push_back(std::exchange(separator, ','));
            text += std::to_string(p.at);
            if (p.weight != 'D') {
                text.push_back(p.weight);
            }
        }
    }
    return text;
}

} // namespace pgcoro
