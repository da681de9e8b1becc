// SPDX-License-Identifier: BSL-1.0
// Passwords and names nobody can guess.
#pragma once

#include "failure.hpp"

#include <pgcoro/result.hpp>

#include <openssl/rand.h>

#include <string>

namespace pgcoro::testing {

/// 128 random bits as hexadecimal digits.
inline result<std::string> random_secret() {
    unsigned char bytes[16];
    if (::RAND_bytes(bytes, sizeof bytes) != 1) {
        return unavailable("OpenSSL gives no random numbers");
    }
    std::string digits;
    for (const unsigned byte : bytes) {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
}

} // namespace pgcoro::testing
