// SPDX-License-Identifier: BSL-1.0
// Certificates for tests: valid ones, and ones that a client must refuse.
#pragma once

#include <pgcoro/result.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pgcoro::testing {

/// The contents of a certificate, and how its key is stored.
struct certificate_options {
    certificate_options() {}

    /// For a server on this machine: localhost, 127.0.0.1 and ::1.
    static certificate_options for_server();
    /// For `cert` authentication as this user.
    static certificate_options for_client(std::string user);

    std::string common_name;
    /// Subject alternative names. Give other names for a certificate of the wrong host.
    std::vector<std::string> dns_names;
    std::vector<std::string> ip_addresses;

    /// Counted from now. A negative `valid_until` makes an expired certificate.
    std::chrono::seconds valid_from = -std::chrono::hours(24);
    std::chrono::seconds valid_until = std::chrono::hours(24 * 30);

    /// Encrypts the key unless empty.
    std::string key_passphrase;
};

/// A certificate and its private key, both in PEM format.
struct certificate {
    std::string certificate_pem;
    std::string key_pem;
};

/// Issues certificates with OpenSSL (ECDSA on P-256). A value; copies are the same authority. Two authorities made by `create`
/// are unrelated: a client that trusts one refuses what the other issued.
///
/// Errors: `errc::server_unavailable` with OpenSSL's message; `errc::invalid_configuration` for names no certificate can hold.
class certificate_authority {
public:
    /// No authority: it issues nothing.
    certificate_authority() = default;
    static result<certificate_authority> create(const std::string& name = "pgcoro test authority");

    /// For `sslrootcert`; PEM.
    const std::string& certificate_pem() const noexcept { return self_.certificate_pem; }

    result<certificate> issue(const certificate_options& options) const;

    /// The revocation list with these certificates, which this authority has issued: for `sslcrl`; PEM.
    result<std::string> revocation_list(const std::vector<certificate>& revoked) const;

private:
    certificate self_;
};

} // namespace pgcoro::testing
