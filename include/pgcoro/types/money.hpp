// SPDX-License-Identifier: BSL-1.0
// money, in the smallest unit of the currency.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>

#include <compare>
#include <cstdint>

namespace pgcoro {

/// An amount in the smallest unit of the currency. The server's `lc_monetary` determines the currency, and how many units make
/// a larger one: with "en_US" the units are cents, with "ja_JP" yen.
struct money {
    constexpr money() noexcept = default;
    constexpr explicit money(std::int64_t smallest_units) noexcept : amount(smallest_units) {}

    std::int64_t amount = 0;

    friend constexpr auto operator<=>(const money&, const money&) = default;
};

template <>
struct pg_type<money> {
    static constexpr std::string_view name = "pgcoro::money";
    static constexpr oid_number oid = oids::money;
    static constexpr oid_number array_oid = oids::money_array;

    static void encode(money value, value_writer& out) { out.put(static_cast<std::uint64_t>(value.amount)); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, money& out) noexcept {
        if (bytes.size() != sizeof out.amount) {
            return errc::malformed_value;
        }
        out.amount = static_cast<std::int64_t>(detail::load_big_endian<std::uint64_t>(bytes.data()));
        return {};
    }
};

} // namespace pgcoro
