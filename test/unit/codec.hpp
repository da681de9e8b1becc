// SPDX-License-Identifier: BSL-1.0
// One value to bytes and back, as tests of types need it.
#pragma once

#include "fake_result.hpp"

#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

#include <gtest/gtest.h>

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

/// Bytes that are a value are none if there are fewer or more of them.
template <class T>
void expect_only_whole(oid_number column, const std::string& bytes) {
    EXPECT_EQ(decode_failure<T>(column, bytes), errc{});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(decode_failure<T>(column, bytes.substr(0, size)), errc::malformed_value) << size << " of " << bytes.size();
    }
    EXPECT_EQ(decode_failure<T>(column, bytes + '\0'), errc::malformed_value);
    EXPECT_EQ(decode_failure<T>(column, bytes + bytes), errc::malformed_value);
}

/// A value is sent as these bytes, and they are read as that value.
template <class T>
void expect_bytes(const T& value, const std::string& bytes) {
    const auto sent = encode(value);
    EXPECT_EQ(sent.failure, errc{});
    EXPECT_EQ(sent.bytes, bytes);
    EXPECT_TRUE(decode<T>(pg_type<T>::oid, bytes) == value);
}

} // namespace pgcoro::test
