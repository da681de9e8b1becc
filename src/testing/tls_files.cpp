// SPDX-License-Identifier: BSL-1.0
#include "tls_files.hpp"

#include "failure.hpp"
#include "files.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace pgcoro::testing {
namespace {

result<> write_pair(const certificate& issued, const std::filesystem::path& certificate_file,
                    const std::filesystem::path& key_file, const account& who) {
    BOOST_OUTCOME_TRY(write_private(certificate_file, issued.certificate_pem, who));
    return write_private(key_file, issued.key_pem, who);
}

} // namespace

tls_files::tls_files(const std::filesystem::path& server_folder)
    : folder(server_folder / "tls"),
      ca(folder / "ca.crt"),
      server_certificate(folder / "server.crt"),
      server_key(folder / "server.key") {}

std::filesystem::path tls_files::client_certificate(std::size_t position) const {
    return folder / ("client-" + std::to_string(position) + ".crt");
}

std::filesystem::path tls_files::client_key(std::size_t position) const {
    return folder / ("client-" + std::to_string(position) + ".key");
}

result<certificate_authority> write_tls_files(const server_tls& tls, const tls_files& files, const account& who) {
    certificate_authority authority;
    if (tls.authority) {
        authority = *tls.authority;
    } else {
        BOOST_OUTCOME_TRY(authority, certificate_authority::create());
    }
    if (::mkdir(files.folder.c_str(), 0700) != 0) {
        return system_failure(errno, "cannot make " + files.folder.string());
    }
    BOOST_OUTCOME_TRY(give_to(who, files.folder));
    BOOST_OUTCOME_TRY(write_private(files.ca, authority.certificate_pem(), who));

    auto for_server = tls.certificate;
    for_server.key_passphrase.clear(); // the server has nobody to ask
    BOOST_OUTCOME_TRY(const auto server, authority.issue(for_server));
    BOOST_OUTCOME_TRY(write_pair(server, files.server_certificate, files.server_key, who));
    for (std::size_t i = 0; i < tls.client_certificates.size(); ++i) {
        BOOST_OUTCOME_TRY(const auto client, authority.issue(certificate_options::for_client(tls.client_certificates[i])));
        BOOST_OUTCOME_TRY(write_pair(client, files.client_certificate(i), files.client_key(i), who));
    }
    return authority;
}

} // namespace pgcoro::testing
