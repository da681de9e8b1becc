// SPDX-License-Identifier: BSL-1.0
// Facts about a connection's TLS session and the server's certificate.
#pragma once

#include <chrono>
#include <string>

namespace pgcoro {

/// Facts about the TLS session of a connection, recorded when it was established.
struct tls_info {
    tls_info() noexcept = default;

    /// Such as "TLSv1.3".
    std::string protocol;
    /// Such as "TLS_AES_256_GCM_SHA384".
    std::string cipher;
    /// The negotiated application protocol, "postgresql"; empty below libpq 17, which does not negotiate one.
    std::string alpn;
    /// The subject and the issuer of the server's certificate as RFC 2253 text, such as "CN=db.example.org,O=Example".
    std::string peer_subject;
    std::string peer_issuer;
    /// When the server's certificate expires.
    std::chrono::system_clock::time_point peer_expires;
    /// SHA-256 of the server's certificate, 64 lower-case hexadecimal digits: the format of `connect_config::pin_sha256`.
    std::string peer_sha256;
};

} // namespace pgcoro
