// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/bit_string.hpp>

#include <pgcoro/detail/big_endian.hpp>

#include <limits>

namespace pgcoro {

result<bit_string> bit_string::parse(std::string_view text) {
    bit_string bits;
    bits.bytes_.reserve((text.size() + 7) / 8);
    for (const char c : text) {
        if (c != '0' && c != '1') {
            return errc::malformed_value;
        }
        bits.push_back(c == '1');
    }
    return bits;
}

void bit_string::push_back(bool value) {
    if (size_ % 8 == 0) {
        bytes_.push_back(std::byte{0});
    }
    set(size_++, value);
}

std::string to_string(const bit_string& value) {
    std::string text(value.size(), '0');
    for (std::size_t i = 0; i < value.size(); ++i) {
        text[i] = value[i] ? '1' : '0';
    }
    return text;
}

void pg_type<bit_string>::encode(const bit_string& value, value_writer& out) {
    if (value.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        return out.fail(errc::value_too_large);
    }
    out.put(static_cast<std::uint32_t>(value.size()));
    out.put(value.bytes_.data(), value.bytes_.size());
}

errc pg_type<bit_string>::decode(oid_number, value_bytes bytes, bit_string& out) {
    if (bytes.size() < sizeof(std::uint32_t)) {
        return errc::malformed_value;
    }
    const std::size_t size = detail::load_big_endian<std::uint32_t>(bytes.data());
    bytes = bytes.subspan(sizeof(std::uint32_t));
    if (bytes.size() != (size + 7) / 8) {
        return errc::malformed_value;
    }
    out.size_ = size;
    out.bytes_.assign(bytes.begin(), bytes.end());
    if (size % 8 != 0) {
        out.bytes_.back() &= ~(std::byte{0xff} >> size % 8);
    }
    return {};
}

} // namespace pgcoro
