// SPDX-License-Identifier: BSL-1.0
// bit(n) and bit varying: `bit_string` for any number of bits, std::bitset<N> for a fixed number.
#pragma once

#include <pgcoro/pg_type.hpp>
#include <pgcoro/result.hpp>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro {

/// A string of bits. Index 0 is the leftmost bit, as in PostgreSQL's get_bit.
class bit_string {
public:
    bit_string() noexcept = default;
    explicit bit_string(std::size_t size) : bytes_((size + 7) / 8), size_(size) {}

    /// Reads "101". Errors: `errc::malformed_value`.
    static result<bit_string> parse(std::string_view text);

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    /// `i` must be less than size().
    bool operator[](std::size_t i) const noexcept { return (bytes_[i / 8] & mask(i)) != std::byte{0}; }
    void set(std::size_t i, bool value = true) noexcept {
        bytes_[i / 8] = value ? bytes_[i / 8] | mask(i) : bytes_[i / 8] & ~mask(i);
    }
    void push_back(bool value);

    /// Eight bits per byte, the leftmost bit highest; the last byte is padded with zeros.
    std::span<const std::byte> bytes() const noexcept { return bytes_; }

    friend bool operator==(const bit_string&, const bit_string&) = default;

private:
    friend struct pg_type<bit_string>;

    static constexpr std::byte mask(std::size_t i) noexcept { return std::byte{0x80} >> i % 8; }

    std::vector<std::byte> bytes_;
    std::size_t size_ = 0;
};

/// As the server prints it: "101".
std::string to_string(const bit_string& value);

template <>
struct pg_type<bit_string> {
    static constexpr std::string_view name = "pgcoro::bit_string";
    static constexpr oid_number oid = oids::varbit;
    static constexpr oid_number array_oid = oids::varbit_array;

    static void encode(const bit_string& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oids::varbit || column == oids::bit; }
    static errc decode(oid_number column, value_bytes bytes, bit_string& out);
};

/// Prints like PostgreSQL, so index 0 is the rightmost bit. A number of bits other than N is `errc::value_out_of_range`.
template <std::size_t N>
struct pg_type<std::bitset<N>> {
    static constexpr std::string_view name = "std::bitset";
    static constexpr oid_number oid = oids::varbit;
    static constexpr oid_number array_oid = oids::varbit_array;

    static void encode(const std::bitset<N>& value, value_writer& out) {
        bit_string bits(N);
        for (std::size_t i = 0; i < N; ++i) {
            bits.set(i, value[N - 1 - i]);
        }
        pg_type<bit_string>::encode(bits, out);
    }

    static constexpr bool accepts(oid_number column) noexcept { return pg_type<bit_string>::accepts(column); }

    static errc decode(oid_number column, value_bytes bytes, std::bitset<N>& out) {
        bit_string bits;
        if (const errc failure = pg_type<bit_string>::decode(column, bytes, bits); failure != errc{}) {
            return failure;
        }
        if (bits.size() != N) {
            return errc::value_out_of_range;
        }
        for (std::size_t i = 0; i < N; ++i) {
            out[N - 1 - i] = bits[i];
        }
        return {};
    }
};

} // namespace pgcoro
