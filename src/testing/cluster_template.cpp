// SPDX-License-Identifier: BSL-1.0
#include "cluster_template.hpp"

#include "failure.hpp"
#include "file_descriptor.hpp"
#include "files.hpp"
#include "process.hpp"
#include "secret.hpp"
#include "server_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace pgcoro::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

fs::path default_cache(const account& who) {
    std::error_code failed;
    if (!who.switches) {
        if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache == '/') {
            return fs::path(cache) / "pgcoro";
        }
        if (const char* home = std::getenv("HOME"); home && *home == '/' && ::access(home, W_OK) == 0) {
            return fs::path(home) / ".cache" / "pgcoro";
        }
    }
    // Root's own folders are closed to the user the server runs as.
    const auto temporary = fs::temp_directory_path(failed);
    return (failed ? fs::path("/tmp") : temporary) / ("pgcoro-cache-" + std::to_string(who.uid));
}

// In a folder that everybody may write to somebody else may have made it first; what is in there would be run as our server.
result<> make_private_folder(const fs::path& folder, const account& who) {
    std::error_code failed;
    fs::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), 0700) == 0) {
        return give_to(who, folder);
    }
    struct stat found{};
    if (::lstat(folder.c_str(), &found) != 0) {
        return system_failure(errno, "cannot make the cache folder " + folder.string());
    }
    const bool is_ours = who.switches && found.st_uid == ::geteuid();
    if (!S_ISDIR(found.st_mode) || (found.st_uid != who.uid && !is_ours) || (found.st_mode & 022) != 0) {
        return unavailable(folder.string() + " is no folder that belongs to user id " + std::to_string(who.uid) +
                           " and that only this user may write to");
    }
    if (is_ours) {
        return give_to(who, folder); // whoever has made it this moment has not come that far yet
    }
    return boost::outcome_v2::success();
}

// FNV-1a: names have to be the same in every program that uses the cache.
std::uint64_t hash(std::uint64_t seed, std::string_view text) {
    for (const char c : text) {
        seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return (seed ^ 0xffU) * 0x100000001b3U;
}

std::string template_name(const template_request& request, const installation& server) {
    std::uint64_t all = hash(0xcbf29ce484222325U, "1"); // counts up when templates are made in another way
    all = hash(hash(hash(all, server.version_text), server.programs.string()), request.superuser);
    for (const auto& argument : request.initdb_arguments) {
        all = hash(all, argument);
    }
    return std::to_string(server.version) + "-" + std::to_string(all);
}

// Held by whoever makes the template; let go when its process ends, however that happens.
result<file_descriptor> lock(const fs::path& file, const account& who, std::chrono::seconds limit) {
    file_descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!opened) {
        return system_failure(errno, "cannot open " + file.string());
    }
    BOOST_OUTCOME_TRY(give_to(who, file));
    const auto end = std::chrono::steady_clock::now() + limit;
    while (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
        if (std::chrono::steady_clock::now() >= end) {
            return error(errc::timed_out, "another process holds " + file.string());
        }
        std::this_thread::sleep_for(10ms);
    }
    return opened;
}

result<> make_template(const fs::path& finished, const template_request& request, const installation& server,
                       const account& who) {
    // Whatever an earlier maker left half done goes; we hold the lock.
    std::error_code ignored;
    for (const auto& entry : entries_of(finished.parent_path())) {
        if (entry.filename().string().starts_with(finished.filename().string() + ".new")) {
            fs::remove_all(entry, ignored);
        }
    }
    BOOST_OUTCOME_TRY(const auto unique, random_secret());
    const fs::path building = finished.string() + ".new-" + unique.substr(0, 8);
    BOOST_OUTCOME_TRY(make_private_folder(building, who));

    BOOST_OUTCOME_TRY(const auto password, random_secret());
    const auto password_file = building / "password";
    BOOST_OUTCOME_TRY(write_private(password_file, password, who));

    command initdb{{server.program("initdb"), "--pgdata=" + (building / "data").string(), "--username=" + request.superuser,
                    "--pwfile=" + password_file.string(), "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"}};
    initdb.arguments.insert(initdb.arguments.end(), request.initdb_arguments.begin(), request.initdb_arguments.end());
    BOOST_OUTCOME_TRY(run_successfully(initdb, who));
    std::ofstream(building / "data" / "postgresql.conf", std::ios::app) << "include '" << settings_file << "'\n";
    if (::rename(building.c_str(), finished.c_str()) != 0) {
        return system_failure(errno, "cannot rename " + building.string());
    }
    return boost::outcome_v2::success();
}

} // namespace

result<std::string> copy_template(const template_request& request, const installation& server, const account& who,
                                  const fs::path& data_directory) {
    const auto cache = request.cache.empty() ? default_cache(who) : request.cache;
    BOOST_OUTCOME_TRY(make_private_folder(cache, who));
    const auto finished = cache / template_name(request, server);
    if (!is_there(finished)) {
        BOOST_OUTCOME_TRY(const auto held, lock(finished.string() + ".lock", who, 120s));
        if (!is_there(finished)) {
            BOOST_OUTCOME_TRY(make_template(finished, request, server, who));
        }
    }
    BOOST_OUTCOME_TRY(
        run_successfully({{"cp", "-R", "-p", "--reflink=auto", (finished / "data").string(), data_directory.string()}}, who));
    const auto password = lines_of(finished / "password");
    return password.empty() ? std::string() : password.front();
}

} // namespace pgcoro::testing
