// SPDX-License-Identifier: BSL-1.0
// tsvector, the documents of full text search.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro {

/// The words of a document, reduced to lexemes, and their positions.
///
/// The server keeps lexemes sorted by their bytes, and sorts those it receives. It takes lexemes of up to 2047 bytes, without
/// duplicates, each with up to 256 positions from 1 to 16383 in strictly ascending order. Anything else cannot be sent
/// (`errc::value_out_of_range`).
struct tsvector {
    struct position {
        constexpr position() noexcept = default;
        constexpr explicit position(std::uint16_t number, char weight_letter = 'D') noexcept
            : at(number), weight(weight_letter) {}
        std::uint16_t at = 1;
        char weight = 'D'; // 'A' to 'D'
        friend constexpr bool operator==(const position&, const position&) = default;
    };

    struct lexeme {
        lexeme() = default;
        explicit lexeme(std::string word, std::vector<position> occurrences = {}) noexcept
            : text(std::move(word)), positions(std::move(occurrences)) {}
        std::string text;
        std::vector<position> positions;
        friend bool operator==(const lexeme&, const lexeme&) = default;
    };

    tsvector() noexcept = default;
    explicit tsvector(std::vector<lexeme> words) noexcept : lexemes(std::move(words)) {}

    std::vector<lexeme> lexemes;

    friend bool operator==(const tsvector&, const tsvector&) = default;
};

/// As the server prints it: "'cat':3A 'fat':2,4".
std::string to_string(const tsvector& value);

template <>
struct pg_type<tsvector> {
    static constexpr std::string_view name = "pgcoro::tsvector";
    static constexpr oid_number oid = oids::tsvector;
    static constexpr oid_number array_oid = oids::tsvector_array;

    static void encode(const tsvector& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number column, value_bytes bytes, tsvector& out);
};

} // namespace pgcoro
