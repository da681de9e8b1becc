// SPDX-License-Identifier: BSL-1.0
// json and jsonb as their text. The library neither parses nor checks it; the server does.
#pragma once

#include <pgcoro/pg_type.hpp>
#include <pgcoro/types/text.hpp>

#include <string>
#include <utility>

namespace pgcoro {

/// A JSON document as text. A parameter is sent as jsonb, which the server converts where json is needed. It can be read from
/// both. (A std::string can be read from both, too; as a parameter it has the type that the statement needs.)
struct json {
    json() noexcept = default;
    explicit json(std::string document) noexcept : text(std::move(document)) {}

    std::string text;

    friend bool operator==(const json&, const json&) = default;
};

template <>
struct pg_type<json> {
    static constexpr std::string_view name = "pgcoro::json";
    static constexpr oid_number oid = oids::jsonb;
    static constexpr oid_number array_oid = oids::jsonb_array;

    static void encode(const json& value, value_writer& out) {
        out.put(std::uint8_t{1});
        out.put_text(value.text);
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oids::jsonb || column == oids::json; }

    static errc decode(oid_number column, value_bytes bytes, json& out) {
        return pg_type<std::string>::decode(column, bytes, out.text);
    }
};

} // namespace pgcoro
