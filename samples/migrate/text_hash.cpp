// SPDX-License-Identifier: BSL-1.0
// Bob Jenkins' lookup3 as PostgreSQL has it (hash_bytes_extended in src/common/hashfn.c).
#include "text_hash.hpp"

#include <array>
#include <bit>
#include <cstddef>

namespace migrate {
namespace {

struct hash_state {
    std::uint32_t a, b, c;

    void mix() noexcept {
        a -= c, a ^= std::rotl(c, 4), c += b;
        b -= a, b ^= std::rotl(a, 6), a += c;
        c -= b, c ^= std::rotl(b, 8), b += a;
        a -= c, a ^= std::rotl(c, 16), c += b;
        b -= a, b ^= std::rotl(a, 19), a += c;
        c -= b, c ^= std::rotl(b, 4), b += a;
    }
    void finish() noexcept {
        c ^= b, c -= std::rotl(b, 14);
        a ^= c, a -= std::rotl(c, 11);
        b ^= a, b -= std::rotl(a, 25);
        c ^= b, c -= std::rotl(b, 16);
        a ^= c, a -= std::rotl(c, 4);
        b ^= a, b -= std::rotl(a, 14);
        c ^= b, c -= std::rotl(b, 24);
    }
};

std::uint32_t byte_at(std::string_view text, std::size_t i) noexcept { return static_cast<unsigned char>(text[i]); }

/// Four bytes as a little-endian number; compilers make one load of it.
std::uint32_t word_at(std::string_view text, std::size_t i) noexcept {
    return byte_at(text, i) | byte_at(text, i + 1) << 8 | byte_at(text, i + 2) << 16 | byte_at(text, i + 3) << 24;
}

} // namespace

std::int64_t text_hash(std::string_view text, std::uint64_t seed) noexcept {
    const std::uint32_t start = 0x9e3779b9U + static_cast<std::uint32_t>(text.size()) + 3923095U;
    hash_state s{start, start, start};
    if (seed != 0) {
        s.a += static_cast<std::uint32_t>(seed >> 32);
        s.b += static_cast<std::uint32_t>(seed);
        s.mix();
    }
    while (text.size() >= 12) {
        s.a += word_at(text, 0);
        s.b += word_at(text, 4);
        s.c += word_at(text, 8);
        s.mix();
        text.remove_prefix(12);
    }
    std::array<std::uint32_t, 3> rest{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        // The lowest byte of the third word is left for the length, which is in it already.
        const std::size_t at = i < 8 ? i : i + 1;
        rest[at / 4] += byte_at(text, i) << (8 * (at % 4));
    }
    s.a += rest[0];
    s.b += rest[1];
    s.c += rest[2];
    s.finish();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(s.b) << 32 | s.c);
}

} // namespace migrate
