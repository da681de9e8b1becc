// SPDX-License-Identifier: BSL-1.0
#include "server_files.hpp"

#include "files.hpp"
#include "tls_files.hpp"

namespace pgcoro::testing {
namespace {

// Commits need not survive the machine's end. They survive the server's: what is written is the kernel's.
constexpr std::string_view own_settings =
    R"(fsync = off
full_page_writes = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_destination = 'stderr'
)"
    // In files of the data directory instead of /dev/shm: containers have little of that, and nothing outlives the server.
    R"(dynamic_shared_memory_type = mmap
)"
    // A standby that was stopped for a while shall find what it missed.
    R"(wal_keep_size = '64MB'
)";

std::string settings(const server_options& options, const std::filesystem::path& folder, std::uint16_t port) {
    std::string text(own_settings);
    const auto add = [&](const std::string& name, std::string_view value) { text += name + " = " + in_quotes(value) + '\n'; };
    if (options.tls) {
        const tls_files files(folder);
        add("ssl", "on");
        add("ssl_ca_file", files.ca.string());
        add("ssl_cert_file", files.server_certificate.string());
        add("ssl_key_file", files.server_key.string());
    }
    for (const auto& [name, value] : options.settings) {
        add(name, value);
    }
    add("listen_addresses", "127.0.0.1,::1");
    add("port", std::to_string(port));
    add("unix_socket_directories", folder.string());
    return text;
}

// A role's name as pg_hba.conf reads it: in quotes it is not a keyword such as "all".
std::string hba_name(std::string_view name) { return '"' + std::string(name) + '"'; }

std::string hba(const server_options& options) {
    std::string text;
    for (const auto& line : options.hba_lines) {
        text += line + '\n';
    }
    const auto superuser = hba_name(options.superuser);
    for (const std::string database : {"all", "replication"}) {
        text += "local " + database + ' ' + superuser + " trust\n";
        text += "local " + database + " all md5\n"; // SCRAM for passwords that are kept so
        text += "host " + database + " all 127.0.0.1/32 md5\n";
        text += "host " + database + " all ::1/128 md5\n";
    }
    return text;
}

} // namespace

std::string in_quotes(std::string_view text) {
    std::string made = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            made += '\\';
        }
        made += c;
    }
    return made += '\'';
}

result<> write_server_files(const server_options& options, const std::filesystem::path& folder, std::uint16_t port,
                            const account& who) {
    const auto data_directory = folder / "data";
    BOOST_OUTCOME_TRY(write_private(data_directory / settings_file, settings(options, folder, port), who));
    return write_private(data_directory / "pg_hba.conf", hba(options), who);
}

} // namespace pgcoro::testing
