// SPDX-License-Identifier: BSL-1.0
// A server's certificates, as files.
#pragma once

#include "account.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/testing/server_options.hpp>

#include <filesystem>
#include <string>

namespace pgcoro::testing {

/// Where in a server's folder everything lies; a standby has the same.
struct tls_files {
    tls_files() = default;
    explicit tls_files(const std::filesystem::path& server_folder);

    std::filesystem::path folder, ca, server_certificate, server_key;
    /// By the position in `server_tls::client_certificates`: names of users need not be names of files.
    std::filesystem::path client_certificate(std::size_t position) const;
    std::filesystem::path client_key(std::size_t position) const;
};

/// Issues and writes everything `tls` asks for, and gives the authority that did.
result<certificate_authority> write_tls_files(const server_tls& tls, const tls_files& files, const account& who);

} // namespace pgcoro::testing
