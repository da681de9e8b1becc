// SPDX-License-Identifier: BSL-1.0
// What is known about a connection's encryption and about whom it is encrypted for.
#pragma once

#include <chrono>
#include <string>

namespace pgcoro {

/// Facts about the TLS session of a connection, taken when it was made.
struct tls_info {
    tls_info() noexcept = default;

    /// As in "TLSv1.3".
    std::string protocol;
    /// As in "TLS_AES_256_GCM_SHA384".
    std::string cipher;
    /// The application protocol the two sides agreed on, "postgresql"; empty below libpq 17, which does not negotiate one.
    std::string alpn;
    /// Whom the server's certificate names, and who signed it: RFC 2253 text, as in "CN=db.example.org,O=Example".
    std::string peer_subject;
    std::string peer_issuer;
    /// When the server's certificate ends to be valid.
    std::chrono::system_clock::time_point peer_expires;
    /// SHA-256 of the server's certificate, 64 lower-case hexadecimal digits: what `connect_config::pin_sha256` takes.
    std::string peer_sha256;
};

} // namespace pgcoro
