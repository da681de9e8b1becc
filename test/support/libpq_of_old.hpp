// SPDX-License-Identifier: BSL-1.0
// libpq as it was: what OpenSSL has decrypted and libpq has not asked for stays in OpenSSL. libpq 15.18, 17.10, 18.5 and later
// ask OpenSSL whether something is left; here it is told that nothing is.
#pragma once

namespace pgcoro::test {

/// While one lives, SSL_pending says 0 to libpq, and the truth to everybody else. libpq_of_old.cpp is to be one of the
/// executable's own sources: its SSL_pending is found before OpenSSL's.
class libpq_of_old {
public:
    libpq_of_old() noexcept;
    libpq_of_old(const libpq_of_old&) = delete;
    libpq_of_old& operator=(const libpq_of_old&) = delete;
    ~libpq_of_old();
};

} // namespace pgcoro::test
