// SPDX-License-Identifier: BSL-1.0
// Many statements whose texts are literals, and so are prepared: number k adds 1000 * k to its parameter.
#pragma once

#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace pgcoro::test {

struct numbered_text {
    char text[28] = "select $1::int4 + 1000 * 00";

    consteval explicit numbered_text(int number) {
        text[25] = static_cast<char>('0' + number / 10);
        text[26] = static_cast<char>('0' + number % 10);
    }
};

template <int Number>
inline constexpr numbered_text numbered(Number);

template <class Db, int... Numbers>
operation<int> ask_numbered(Db& db, int number, int value, std::integer_sequence<int, Numbers...>) {
    using ask = operation<int> (*)(Db&, int);
    static constexpr std::array<ask, sizeof...(Numbers)> statements{
        [](Db& where, int v) { return where.template fetch_one<int>(numbered<Numbers>.text, v); }...};
    return statements[static_cast<std::size_t>(number)](db, value);
}

inline constexpr int most_numbered = 40;

template <class Db>
operation<int> ask_numbered(Db& db, int number, int value) {
    return ask_numbered(db, number, value, std::make_integer_sequence<int, most_numbered>());
}

constexpr int answer_of_numbered(int number, int value) { return value + 1000 * number; }

} // namespace pgcoro::test
