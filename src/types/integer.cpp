// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/integer.hpp>

namespace pgcoro::detail {

errc decode_integer(oid_number column, value_bytes bytes, std::int64_t& out) noexcept {
    const std::size_t size = column == oids::int2 ? 2 : column == oids::int8 ? 8 : 4;
    if (bytes.size() != size) {
        return errc::malformed_value;
    }
    switch (column) {
    case oids::int2: out = static_cast<std::int16_t>(load_big_endian<std::uint16_t>(bytes.data())); break;
    case oids::int4: out = static_cast<std::int32_t>(load_big_endian<std::uint32_t>(bytes.data())); break;
    case oids::int8: out = static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes.data())); break;
    default: out = load_big_endian<std::uint32_t>(bytes.data()); break;
    }
    return {};
}

} // namespace pgcoro::detail
