// SPDX-License-Identifier: BSL-1.0
// For functions that tests put in front of those of the system or of OpenSSL.
#pragma once

#include <dlfcn.h>

#include <string_view>

namespace pgcoro::test {

/// Whether this return address lies in libpq: it has called, and not pgcoro or a test.
inline bool is_in_libpq(const void* code) noexcept {
    Dl_info found{};
    return ::dladdr(code, &found) != 0 && found.dli_fname &&
           std::string_view(found.dli_fname).find("libpq.so") != std::string_view::npos;
}

} // namespace pgcoro::test
