// SPDX-License-Identifier: BSL-1.0
#include "account.hpp"

#include "failure.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <vector>

namespace pgcoro::testing {
namespace {

std::optional<account> look_up(const char* name) {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16384);
    if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0 || !found) {
        return std::nullopt;
    }
    return account{found->pw_uid, found->pw_gid, name, true};
}

} // namespace

result<account> server_account() {
    if (::geteuid() != 0) {
        return account{::geteuid(), ::getegid(), "", false};
    }
    for (const char* name : {"postgres", "nobody"}) {
        if (auto found = look_up(name); found && found->uid != 0) {
            return *std::move(found);
        }
    }
    return unavailable("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as");
}

result<> give_to(const account& who, const std::filesystem::path& path) {
    if (who.switches && ::lchown(path.c_str(), who.uid, who.gid) != 0) {
        return system_failure(errno, "cannot change the owner of " + path.string());
    }
    return boost::outcome_v2::success();
}

} // namespace pgcoro::testing
