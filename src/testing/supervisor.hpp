// SPDX-License-Identifier: BSL-1.0
// A process that outlives us and tidies up: it is the server's parent and owns its folder.
#pragma once

#include "account.hpp"
#include "file_descriptor.hpp"

#include <pgcoro/result.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace pgcoro::testing {

/// A shell in a session of its own at the other end of a socket. While we hold our end it starts servers for us; when our end
/// closes, because we close it or because we die of whatever, it ends the server and removes the folder. There is no other way
/// of tidying up, so the one for accidents is the one that always runs.
class supervisor {
public:
    supervisor() = default;
    supervisor(supervisor&&) = default;
    supervisor& operator=(supervisor&&) = delete;
    /// Closes our end and waits until the other has done its work.
    ~supervisor();

    /// Starts one with an empty folder, mode 0700, owned by `who`, under the folder for temporary files.
    static result<supervisor> start(const account& who);

    const std::filesystem::path& folder() const noexcept { return folder_; }

    /// Starts `postgres -D <folder>/data`, its log in `<folder>/server.log`, and gives its process id.
    result<pid_t> start_server(const std::string& postgres);
    /// Forgets a server that has ended; until then its process id is not used for another process.
    result<int> reap();

private:
    result<std::string> ask(std::string_view request);
    result<std::string> read_line(std::chrono::milliseconds limit);

    file_descriptor line_;
    pid_t owner_ = 0;
    std::filesystem::path folder_;
};

} // namespace pgcoro::testing
