// SPDX-License-Identifier: BSL-1.0
#include "installation.hpp"

#include "failure.hpp"
#include "files.hpp"
#include "process.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <vector>

namespace pgcoro::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view how_to_install =
    "Install a server (Debian, Ubuntu: apt install postgresql; Fedora: dnf install postgresql-server) or let "
    "PGCORO_POSTGRES_BIN name the folder with postgres and initdb.";

bool has_server(const fs::path& folder) {
    return ::access((folder / "postgres").c_str(), X_OK) == 0 && ::access((folder / "initdb").c_str(), X_OK) == 0;
}

// The first number in a text: 15 for "postgresql-15" and for "15".
int first_number(std::string_view text) {
    const auto digit = text.find_first_of("0123456789");
    int number = 0;
    if (digit != text.npos) {
        std::from_chars(text.data() + digit, text.data() + text.size(), number);
    }
    return number;
}

// Where packages keep servers of several versions side by side: `<parent>/<prefix><version><rest>`.
struct versioned_folders {
    const char* parent;
    const char* prefix;
    const char* rest;
};

constexpr versioned_folders layouts[] = {
    {"/usr/lib/postgresql", "", "bin"},   // Debian, Ubuntu, SUSE
    {"/usr", "pgsql-", "bin"},            // the PostgreSQL project's packages for Red Hat and its relatives
    {"/usr/libexec", "postgresql", ""},   // Alpine
    {"/usr/lib64", "postgresql-", "bin"}, // Gentoo
    {"/usr/local/lib/postgresql", "", "bin"},
};

std::vector<fs::path> versioned() {
    std::vector<std::pair<int, fs::path>> found;
    for (const auto& layout : layouts) {
        for (const auto& entry : entries_of(layout.parent)) {
            const auto name = entry.filename().string();
            const std::string_view prefix = layout.prefix;
            if (name.starts_with(prefix) && first_number(name.substr(prefix.size())) > 0) {
                found.emplace_back(first_number(name.substr(prefix.size())), entry / layout.rest);
            }
        }
    }
    std::sort(found.rbegin(), found.rend()); // the newest first
    std::vector<fs::path> folders;
    for (auto& [version, folder] : found) {
        folders.push_back(std::move(folder));
    }
    folders.emplace_back("/usr/local/pgsql/bin"); // built from source with the default prefix
    return folders;
}

std::vector<fs::path> search_path() {
    std::vector<fs::path> folders;
    const char* path = std::getenv("PATH");
    std::istringstream all(path ? path : "");
    for (std::string folder; std::getline(all, folder, ':');) {
        folders.emplace_back(folder);
    }
    return folders;
}

result<installation> inspect(const fs::path& folder, const account& who) {
    installation found{folder, {}, 0};
    BOOST_OUTCOME_TRY(found.version_text, run_successfully({{found.program("postgres"), "--version"}}, who));
    // "postgres (PostgreSQL) 15.4 (Debian ...)", "17beta1", "18devel"
    const auto number = found.version_text.find_first_of("0123456789");
    const auto from = std::string_view(found.version_text).substr(std::min(number, found.version_text.size()));
    const auto dot = from.find_first_not_of("0123456789");
    found.version = first_number(from) * 10000;
    if (dot != from.npos && from[dot] == '.') {
        found.version += first_number(from.substr(dot));
    }
    return found;
}

} // namespace

result<installation> find_installation(const account& who) {
    if (const char* chosen = std::getenv("PGCORO_POSTGRES_BIN"); chosen && *chosen) {
        if (!has_server(chosen)) {
            return unavailable("PGCORO_POSTGRES_BIN names " + std::string(chosen) +
                               ", which has no postgres and initdb to run. " + std::string(how_to_install));
        }
        return inspect(chosen, who);
    }
    std::vector<fs::path> folders;
    if (auto told = run({{"pg_config", "--bindir"}}, who); told && told.value().status == 0) {
        folders.emplace_back(told.value().out.substr(0, told.value().out.find('\n')));
    }
    for (auto&& more : {versioned(), search_path()}) {
        folders.insert(folders.end(), more.begin(), more.end());
    }
    std::string looked_in;
    for (const auto& folder : folders) {
        if (has_server(folder)) {
            return inspect(folder, who);
        }
        looked_in += (looked_in.empty() ? "" : ", ") + folder.string();
    }
    return unavailable("no PostgreSQL server found: pg_config --bindir and these folders have no postgres and initdb: " +
                       looked_in + ". " + std::string(how_to_install));
}

} // namespace pgcoro::testing
