// SPDX-License-Identifier: BSL-1.0
// jsonpath as its text. The library neither parses nor checks it; the server does.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <string>
#include <utility>

namespace pgcoro {

/// A path into a JSON document: `$.items[*] ? (@.price > 10)`.
struct jsonpath {
    jsonpath() noexcept = default;
    explicit jsonpath(std::string path) noexcept : text(std::move(path)) {}

    std::string text;

    friend bool operator==(const jsonpath&, const jsonpath&) = default;
};

template <>
struct pg_type<jsonpath> {
    static constexpr std::string_view name = "pgcoro::jsonpath";
    static constexpr oid_number oid = oids::jsonpath;
    static constexpr oid_number array_oid = oids::jsonpath_array;

    static void encode(const jsonpath& value, value_writer& out) {
        out.put(version);
        out.put_text(value.text);
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, jsonpath& out) {
        if (bytes.empty() || bytes[0] != std::byte{version}) {
            return errc::malformed_value;
        }
        out.text.assign(reinterpret_cast<const char*>(bytes.data()) + 1, bytes.size() - 1);
        return {};
    }

private:
    static constexpr std::uint8_t version = 1;
};

} // namespace pgcoro
