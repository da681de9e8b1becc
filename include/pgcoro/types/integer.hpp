// SPDX-License-Identifier: BSL-1.0
// int2, int4, int8 and oid as C++ integers. Reading checks the range, so any of the four can be read into any integer, and so
// can whole numbers of type numeric, such as the result of sum().
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

namespace pgcoro {
namespace detail {

template <class T, class... Others>
concept one_of = (std::same_as<T, Others> || ...);

/// The integers that are numbers: not bool, not characters.
template <class T>
concept number_like = one_of<T, signed char, unsigned char, short, unsigned short, int, unsigned, long, unsigned long,
                             long long, unsigned long long>;

template <number_like T>
constexpr std::string_view integer_name() noexcept {
    constexpr bool is_signed = std::signed_integral<T>;
    switch (sizeof(T)) {
    case 1: return is_signed ? "std::int8_t" : "std::uint8_t";
    case 2: return is_signed ? "std::int16_t" : "std::uint16_t";
    case 4: return is_signed ? "std::int32_t" : "std::uint32_t";
    default: return is_signed ? "std::int64_t" : "std::uint64_t";
    }
}

/// The size of PostgreSQL's smallest type that holds every T; 8 for uint64_t, for which there is none.
template <number_like T>
inline constexpr int wire_size = sizeof(T) == 1                              ? 2
                                 : sizeof(T) == 8 || std::signed_integral<T> ? sizeof(T)
                                                                             : 2 * sizeof(T);

/// Decodes int2, int4, int8 or oid.
errc decode_integer(oid_number column, value_bytes bytes, std::int64_t& out) noexcept;

/// A whole number of any of these types.
struct whole_number {
    std::uint64_t magnitude = 0;
    bool is_negative = false;

    /// False if T cannot hold it.
    template <number_like T>
    bool to(T& out) const noexcept {
        const auto bits = is_negative ? 0 - magnitude : magnitude;
        const auto negative = static_cast<std::int64_t>(bits);
        out = static_cast<T>(bits);
        return is_negative && magnitude != 0 ? negative < 0 && std::in_range<T>(negative) : std::in_range<T>(magnitude);
    }
};

/// `errc::value_out_of_range` if a numeric has a fraction or does not fit 64 bits.
errc decode_whole_numeric(value_bytes bytes, whole_number& out) noexcept;

} // namespace detail

template <detail::number_like T>
struct pg_type<T> {
    static constexpr std::string_view name = detail::integer_name<T>();
    static constexpr oid_number oid = detail::wire_size<T> == 2   ? oids::int2
                                      : detail::wire_size<T> == 4 ? oids::int4
                                                                  : oids::int8;
    static constexpr oid_number array_oid = oid == oids::int2   ? oids::int2_array
                                            : oid == oids::int4 ? oids::int4_array
                                                                : oids::int8_array;

    static void encode(T value, value_writer& out) {
        if constexpr (sizeof(T) == 8 && std::unsigned_integral<T>) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
                return out.fail(errc::value_out_of_range);
            }
        }
        out.put(static_cast<wire>(value));
    }

    static constexpr std::size_t fixed_size = static_cast<std::size_t>(detail::wire_size<T>);
    static errc store(T value, std::byte* to) noexcept {
        if constexpr (sizeof(T) == 8 && std::unsigned_integral<T>) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
                return errc::value_out_of_range;
            }
        }
        detail::store_big_endian(to, static_cast<wire>(value));
        return {};
    }

    static constexpr bool accepts(oid_number column) noexcept {
        return column == oids::int2 || column == oids::int4 || column == oids::int8 || column == oids::oid ||
               column == oids::numeric;
    }

    static errc decode(oid_number column, value_bytes bytes, T& out) noexcept {
        if constexpr (std::signed_integral<T> && sizeof(T) > 1) {
            if (column == oid) [[likely]] {
                if (bytes.size() != sizeof(T)) {
                    return errc::malformed_value;
                }
                out = static_cast<T>(detail::load_big_endian<std::make_unsigned_t<T>>(bytes.data()));
                return {};
            }
        }
        return decode_other(column, bytes, out);
    }

private:
    using wire = std::conditional_t<oid == oids::int2, std::uint16_t,
                                    std::conditional_t<oid == oids::int4, std::uint32_t, std::uint64_t>>;

    // Out of line: a column almost always has the type of T's own size.
    [[gnu::noinline]] static errc decode_other(oid_number column, value_bytes bytes, T& out) noexcept {
        if (column == oids::numeric) {
            detail::whole_number whole;
            const errc failure = detail::decode_whole_numeric(bytes, whole);
            return failure == errc{} && !whole.to(out) ? errc::value_out_of_range : failure;
        }
        std::int64_t wide = 0;
        if (const errc failure = detail::decode_integer(column, bytes, wide); failure != errc{}) {
            return failure;
        }
        if (!std::in_range<T>(wide)) {
            return errc::value_out_of_range;
        }
        out = static_cast<T>(wide);
        return {};
    }
};

} // namespace pgcoro
