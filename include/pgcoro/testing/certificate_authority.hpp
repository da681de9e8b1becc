// SPDX-License-Identifier: BSL-1.0
// Certificates for tests, good ones and such as a client has to refuse.
#pragma once

#include <pgcoro/result.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pgcoro::testing {

/// What a certificate says, and how its key is kept.
struct certificate_options {
    certificate_options() {}

    /// For a server on this machine: localhost, 127.0.0.1 and ::1.
    static certificate_options for_server();
    /// For `cert` authentication as this user.
    static certificate_options for_client(std::string user);

    std::string common_name;
    /// Subject alternative names. A certificate for the wrong host has other ones.
    std::vector<std::string> dns_names;
    std::vector<std::string> ip_addresses;

    /// Counted from now. A `valid_until` before now makes an expired certificate.
    std::chrono::seconds valid_from = -std::chrono::hours(24);
    std::chrono::seconds valid_until = std::chrono::hours(24 * 30);

    /// Encrypts the key if it is not empty.
    std::string key_passphrase;
};

/// A certificate and its private key, both PEM.
struct certificate {
    std::string certificate_pem;
    std::string key_pem;
};

/// Issues certificates through OpenSSL (ECDSA on P-256). A value; copies are the same authority. Two made by `create` have
/// nothing in common: a client that trusts one refuses what the other issued.
///
/// Errors: `errc::server_unavailable` with what OpenSSL said; `errc::invalid_configuration` for names no certificate can hold.
class certificate_authority {
public:
    /// None: it issues nothing.
    certificate_authority() = default;
    static result<certificate_authority> create(const std::string& name = "pgcoro test authority");

    /// For `sslrootcert`; PEM.
    const std::string& certificate_pem() const noexcept { return self_.certificate_pem; }

    result<certificate> issue(const certificate_options& options) const;

    /// Of these, which it has issued, it says that they are no good any more: for `sslcrl`; PEM.
    result<std::string> revocation_list(const std::vector<certificate>& revoked) const;

private:
    certificate self_;
};

} // namespace pgcoro::testing
