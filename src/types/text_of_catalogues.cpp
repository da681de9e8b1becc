// SPDX-License-Identifier: BSL-1.0
// Types of the system catalogues as the server prints them.
#include "types/text_parts.hpp"

#include <pgcoro/detail/big_endian.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pgcoro::detail {
namespace {

/// The memory of a server whose byte order the first number tells.
class memory_reader {
public:
    memory_reader(value_bytes bytes, std::uint32_t magic) noexcept : rest_(bytes) {
        const auto first = bytes.size() < sizeof magic ? 0 : load_big_endian<std::uint32_t>(bytes.data());
        is_little_ = first != magic;
        ok_ = take<std::uint32_t>() == magic;
    }

    template <class T>
    T take() noexcept {
        std::array<std::byte, sizeof(T)> copy{};
        if (rest_.size() < sizeof(T)) {
            ok_ = false;
        } else {
            std::memcpy(copy.data(), rest_.data(), sizeof(T));
            rest_ = rest_.subspan(sizeof(T));
        }
        if (is_little_) {
            std::ranges::reverse(copy);
        }
        if constexpr (sizeof(T) == 8) {
            return std::bit_cast<T>(load_big_endian<std::uint64_t>(copy.data()));
        } else if constexpr (sizeof(T) == 4) {
            return std::bit_cast<T>(load_big_endian<std::uint32_t>(copy.data()));
        } else {
            return std::bit_cast<T>(load_big_endian<std::uint16_t>(copy.data()));
        }
    }

    bool ok() const noexcept { return ok_; }
    bool at_end() const noexcept { return ok_ && rest_.empty(); }

private:
    value_bytes rest_;
    bool is_little_ = false;
    bool ok_ = true;
};

} // namespace

errc append_snapshot(value_bytes bytes, std::string& out) {
    constexpr std::size_t header = 20;
    if (bytes.size() < header) {
        return errc::malformed_value;
    }
    const auto count = load_big_endian<std::uint32_t>(bytes.data());
    if (bytes.size() != header + std::size_t{count} * 8) {
        return errc::malformed_value;
    }
    const auto number_at = [&](std::size_t at) { return std::to_string(load_big_endian<std::uint64_t>(bytes.data() + at)); };
    out.append(number_at(4)).append(":").append(number_at(12)).append(":");
    for (std::size_t at = header; at < bytes.size(); at += 8) {
        out.append(at == header ? "" : ",").append(number_at(at));
    }
    return {};
}

/// `{"1, 2": 11, "1, 3": 5}`; PostgreSQL 19: `[{"attributes": [1, 2], "ndistinct": 11}]`.
errc append_ndistinct(value_bytes bytes, int server_version, std::string& out) {
    const bool is_json = server_version >= 190000;
    memory_reader from(bytes, 0xa352bfa4);
    from.take<std::uint32_t>(); // the kind
    const auto items = from.take<std::uint32_t>();
    out.push_back(is_json ? '[' : '{');
    for (std::uint32_t item = 0; item < items && from.ok(); ++item) {
        const auto distinct = from.take<double>();
        const auto columns = from.take<std::int32_t>();
        out.append(item == 0 ? "" : ", ").append(is_json ? "{\"attributes\": [" : "\"");
        for (std::int32_t i = 0; i < columns && from.ok(); ++i) {
            out.append(i == 0 ? "" : ", ").append(std::to_string(from.take<std::int16_t>()));
        }
        out.append(is_json ? "], \"ndistinct\": " : "\": ");
        out.append(std::isfinite(distinct) ? std::to_string(static_cast<std::int32_t>(distinct)) : "NaN");
        out.append(is_json ? "}" : "");
    }
    out.push_back(is_json ? ']' : '}');
    return from.at_end() ? errc{} : errc::malformed_value;
}

/// `{"1 => 2": 1.000000, "1, 2 => 3": 0.500000}`; PostgreSQL 19: `[{"attributes": [1], "dependency": 2, "degree": 1.000000}]`.
errc append_dependencies(value_bytes bytes, int server_version, std::string& out) {
    const bool is_json = server_version >= 190000;
    const std::string_view before_last = is_json ? "], \"dependency\": " : " => ";
    memory_reader from(bytes, 0xb4549a2c);
    from.take<std::uint32_t>(); // the kind
    const auto items = from.take<std::uint32_t>();
    out.push_back(is_json ? '[' : '{');
    for (std::uint32_t item = 0; item < items && from.ok(); ++item) {
        const auto degree = from.take<double>();
        const auto columns = from.take<std::int16_t>();
        out.append(item == 0 ? "" : ", ").append(is_json ? "{\"attributes\": [" : "\"");
        for (std::int16_t i = 0; i < columns && from.ok(); ++i) {
            out.append(i == 0 ? "" : i + 1 == columns ? before_last : ", ").append(std::to_string(from.take<std::int16_t>()));
        }
        std::array<char, 400> number{};
        const auto end = std::to_chars(number.data(), number.data() + number.size(), degree, std::chars_format::fixed, 6).ptr;
        out.append(is_json ? ", \"degree\": " : "\": ").append(number.data(), end).append(is_json ? "}" : "");
    }
    out.push_back(is_json ? ']' : '}');
    return from.at_end() ? errc{} : errc::malformed_value;
}

} // namespace pgcoro::detail
