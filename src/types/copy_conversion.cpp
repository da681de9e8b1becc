// SPDX-License-Identifier: BSL-1.0
// The bytes of one type as those of another.
#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/copy_format.hpp>
#include <pgcoro/detail/copy_plan.hpp>

#include <bit>
#include <cstdint>
#include <cstring>

namespace pgcoro::detail {
namespace {

std::int64_t load_integer(const std::byte* from, std::size_t size) noexcept {
    switch (size) {
    case 2: return static_cast<std::int16_t>(load_big_endian<std::uint16_t>(from));
    case 4: return static_cast<std::int32_t>(load_big_endian<std::uint32_t>(from));
    default: return static_cast<std::int64_t>(load_big_endian<std::uint64_t>(from));
    }
}

template <std::unsigned_integral T>
bool replace(byte_buffer& bytes, std::size_t start, T value) {
    bytes.truncate(start);
    store_big_endian(bytes.extend(sizeof value), value);
    return true;
}

/// Numbers of four decimal digits each, the weight of the first, sign, and no digits behind the point.
bool replace_by_numeric(byte_buffer& bytes, std::size_t start, std::int64_t value) {
    constexpr std::uint64_t base = 10000;
    std::uint16_t digits[5]; // the last one first
    std::size_t count = 0;
    std::size_t zeros = 0; // at the end, where they are left out
    for (auto rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value); rest != 0;
         rest /= base) {
        digits[count++] = static_cast<std::uint16_t>(rest % base);
        zeros += zeros + 1 == count && digits[zeros] == 0;
    }
    bytes.truncate(start);
    const auto put = [&](std::size_t number) {
        store_big_endian(bytes.extend(sizeof(std::uint16_t)), static_cast<std::uint16_t>(number));
    };
    put(count - zeros);
    put(count == 0 ? 0 : count - 1);
    put(value < 0 ? 0x4000 : 0);
    put(0);
    while (count != zeros) {
        put(digits[--count]);
    }
    return true;
}

bool convert_integer(copy_conversion conversion, oid_number to, std::size_t start, byte_buffer& bytes) {
    const std::size_t size = bytes.size() - start;
    if (size != 2 && size != 4 && size != 8) {
        return false;
    }
    const auto value = load_integer(bytes.data() + start, size);
    switch (conversion) {
    case copy_conversion::integer_to_float4:
        return replace(bytes, start, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    case copy_conversion::integer_to_float8:
        return replace(bytes, start, std::bit_cast<std::uint64_t>(static_cast<double>(value)));
    case copy_conversion::integer_to_numeric: return replace_by_numeric(bytes, start, value);
    default:
        return to == oids::int4 ? replace(bytes, start, static_cast<std::uint32_t>(value))
                                : replace(bytes, start, static_cast<std::uint64_t>(value));
    }
}

bool convert_array(const copy_column& column, const type_catalogue& types, std::size_t start, byte_buffer& bytes,
                   byte_buffer& scratch) {
    constexpr std::size_t type_at = 2 * sizeof(std::uint32_t);
    constexpr std::size_t length_size = sizeof(std::uint32_t);
    array_reader reader({bytes.data() + start, bytes.size() - start});
    if (!reader.open()) {
        return false;
    }
    const auto type = types.element(column.to);
    const auto element = plan_copy(types.element(column.from), types.base(type), types);
    store_big_endian(bytes.data() + start + type_at, type);
    if (column.from == column.to || element.conversion == copy_conversion::none) {
        return true;
    }
    const std::size_t header = 3 * sizeof(std::uint32_t) + reader.dimensions().size() * sizeof(array_dimension);
    scratch.truncate(0);
    std::memcpy(scratch.extend(header), bytes.data() + start, header);
    value_bytes value;
    bool is_null = false;
    byte_buffer unused;
    while (reader.next(value, is_null)) {
        const std::size_t length_at = scratch.size();
        store_big_endian(scratch.extend(length_size), copy_null);
        if (!is_null) {
            std::memcpy(scratch.extend(value.size()), value.data(), value.size());
            if (!convert_copied(element, types, length_at + length_size, scratch, unused)) {
                return false;
            }
            store_big_endian(scratch.data() + length_at, static_cast<std::uint32_t>(scratch.size() - length_at - length_size));
        }
    }
    bytes.truncate(start);
    std::memcpy(bytes.extend(scratch.size()), scratch.data(), scratch.size());
    return true;
}

} // namespace

bool convert_copied(const copy_column& column, const type_catalogue& types, std::size_t start, byte_buffer& bytes,
                    byte_buffer& scratch) {
    switch (column.conversion) {
    case copy_conversion::refused:
    case copy_conversion::none: return true;
    case copy_conversion::integer_to_integer:
    case copy_conversion::integer_to_float4:
    case copy_conversion::integer_to_float8:
    case copy_conversion::integer_to_numeric: return convert_integer(column.conversion, column.to, start, bytes);
    case copy_conversion::float4_to_float8: {
        if (bytes.size() - start != sizeof(float)) {
            return false;
        }
        const auto value = std::bit_cast<float>(load_big_endian<std::uint32_t>(bytes.data() + start));
        return replace(bytes, start, std::bit_cast<std::uint64_t>(static_cast<double>(value)));
    }
    case copy_conversion::text_to_jsonb: {
        const std::size_t size = bytes.size() - start;
        bytes.extend(1);
        std::byte* const value = bytes.data() + start;
        std::memmove(value + 1, value, size);
        *value = std::byte{1};
        return true;
    }
    case copy_conversion::jsonb_to_json: {
        if (bytes.size() == start) {
            return false;
        }
        std::byte* const value = bytes.data() + start;
        std::memmove(value, value + 1, bytes.size() - start - 1);
        bytes.truncate(bytes.size() - 1);
        return true;
    }
    case copy_conversion::array: return convert_array(column, types, start, bytes, scratch);
    }
    return false;
}

} // namespace pgcoro::detail
