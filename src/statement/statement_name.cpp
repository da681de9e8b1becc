// SPDX-License-Identifier: BSL-1.0
#include "statement/statement_name.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace pgcoro::wire {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        out += static_cast<char>(number >> shift);
    }
}

/// Each part with its length, so that no two contents give the same bytes.
std::string bytes_of(const statement_content& content) {
    std::string bytes;
    bytes.reserve(content.text.size() + content.settings.size() + 8 * (content.types.size() + 4));
    append_number(bytes, content.generation);
    append_number(bytes, content.types.size());
    for (const unsigned type : content.types) {
        append_number(bytes, type);
    }
    append_number(bytes, content.settings.size());
    bytes += content.settings;
    return bytes += content.text;
}

/// Looked for once. With `EVP_sha256()`, OpenSSL looks through its providers for each hash, which takes ten times as long as
/// the hash itself: see EVP_MD_fetch(3).
const EVP_MD* sha256() noexcept {
    static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    return found ? found : EVP_sha256();
}

} // namespace

std::string name_of(const statement_content& content) {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    constexpr std::size_t bytes_used = 15; // 24 digits of 5 bits each
    const auto bytes = bytes_of(content);
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, sha256(), nullptr) != 1) {
        throw std::bad_alloc(); // SHA-256 itself cannot fail
    }
    std::string name = "pgcoro_";
    unsigned bits = 0;
    unsigned pending = 0;
    for (std::size_t i = 0; i < bytes_used; ++i) {
        pending = (pending << 8) | hash[i];
        for (bits += 8; bits >= 5; bits -= 5) {
            name += digits[(pending >> (bits - 5)) & 31];
        }
    }
    return name;
}

void get_ready_to_name() noexcept { static_cast<void>(sha256()); }

} // namespace pgcoro::wire
