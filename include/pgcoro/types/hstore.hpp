// SPDX-License-Identifier: BSL-1.0
// hstore and ltree, from the extensions of these names.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>
#include <pgcoro/types/text.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace pgcoro {

/// Keys with values, which may be NULL. The extension must be in the search path.
struct hstore {
    std::map<std::string, std::optional<std::string>> pairs;

    friend bool operator==(const hstore&, const hstore&) = default;
};

/// Labels separated by dots, "top.science.astronomy". The server checks them.
struct ltree {
    ltree() noexcept = default;
    explicit ltree(std::string labels) noexcept : text(std::move(labels)) {}

    std::string text;

    friend bool operator==(const ltree&, const ltree&) = default;
};

template <>
struct pg_type<hstore> {
    static constexpr std::string_view name = "pgcoro::hstore";
    static constexpr std::string_view sql_name = "hstore";

    static void encode(const hstore& value, value_writer& out);
    /// A duplicate key is `errc::malformed_value`.
    static errc decode(oid_number, value_bytes bytes, hstore& out);
};

template <>
struct pg_type<ltree> {
    static constexpr std::string_view name = "pgcoro::ltree";
    static constexpr std::string_view sql_name = "ltree";

    static void encode(const ltree& value, value_writer& out) {
        out.put(std::uint8_t{1}); // the format's version
        out.put_text(value.text);
    }
    static errc decode(oid_number, value_bytes bytes, ltree& out) {
        if (bytes.empty() || bytes[0] != std::byte{1}) {
            return errc::malformed_value;
        }
        return pg_type<std::string>::decode(oids::text, bytes.subspan(1), out.text);
    }
};

} // namespace pgcoro
