// SPDX-License-Identifier: BSL-1.0
// One value to bytes and back, as tests of types need it.
#pragma once

#include "fake_result.hpp"

#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pgcoro::test {

/// What a value is sent as, or why it cannot be.
template <class T>
struct encoded {
    std::string bytes;
    errc failure;
};

template <class T>
encoded<T> encode(const T& value) {
    detail::byte_buffer buffer;
    value_writer out(buffer);
    pg_type<T>::encode(value, out);
    return {std::string(reinterpret_cast<const char*>(buffer.data()), buffer.size()), out.failure()};
}

inline value_bytes as_value(std::string_view bytes) { return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}; }

/// What the bytes of a column's type are read as.
template <class T>
T decode(oid_number column, std::string_view bytes, const detail::type_catalogue& types = detail::built_in_types()) {
    T value{};
    EXPECT_TRUE(detail::accepts_type<T>(column, types)) << column;
    EXPECT_EQ(detail::decode_value(column, as_value(bytes), value, types), errc{});
    return value;
}

/// Why they cannot be read. The bytes are copied to the heap, where a sanitizer sees who reads behind them.
template <class T>
errc decode_failure(oid_number column, std::string_view bytes, const detail::type_catalogue& types = detail::built_in_types()) {
    T value{};
    const std::vector<char> exact(bytes.begin(), bytes.end());
    return detail::decode_value(column, as_value({exact.data(), exact.size()}), value, types);
}

} // namespace pgcoro::test
