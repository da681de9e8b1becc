// SPDX-License-Identifier: BSL-1.0
// The C++ types that values are read into, and what must hold for each.
#pragma once

#include "input.hpp"

#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/parameters.hpp>

#include <array>
#include <optional>
#include <string>

namespace pgcoro::fuzz {

struct reader {
    bool (*accepts)(oid_number column);
    void (*read)(oid_number column, value_bytes bytes);
};

/// What a value is sent as.
struct sent_value {
    oid_number type = oids::unspecified;
    std::string bytes;

    value_bytes value() const noexcept { return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}; }
};

/// Nothing for one that can be read, but not sent.
template <class T>
std::optional<sent_value> sent(const T& value) {
    parameters one;
    one.push_back(value);
    if (!one.ok() || one.fill_in(user_types())) {
        return {};
    }
    return sent_value{one.oid(0), std::string(one.value(0), static_cast<std::size_t>(one.length(0)))};
}

/// A value that was read and can be sent is read again as itself.
template <class T>
void read(oid_number column, value_bytes bytes) {
    T value{};
    const errc failure = detail::decode_value(column, bytes, value, user_types());
    if constexpr (encodable<T>) {
        const auto first = failure == errc{} ? sent(value) : std::nullopt;
        if (first) {
            // Text and labels go without a type.
            const oid_number untyped = detail::named_type<T> ? column : oids::text;
            const oid_number type = first->type != oids::unspecified ? first->type : untyped;
            T again{};
            require(detail::decode_value(type, first->value(), again, user_types()) == errc{});
            const auto second = sent(again);
            require(second && second->bytes == first->bytes);
        }
    }
}

template <class... Ts>
constexpr std::array<reader, sizeof...(Ts)> readers_of() noexcept {
    return {reader{[](oid_number column) { return detail::accepts_type<Ts>(column, user_types()); }, &read<Ts>}...};
}

} // namespace pgcoro::fuzz
