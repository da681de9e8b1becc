// SPDX-License-Identifier: BSL-1.0
// The processes of a running server: the postmaster and its children.
#pragma once

#include "file_descriptor.hpp"

#include <pgcoro/result.hpp>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <vector>

namespace pgcoro::testing {

/// A postmaster, held by a descriptor of its process: what is sent to it cannot reach another process with the same id.
class postmaster {
public:
    postmaster() = default;
    static result<postmaster> adopt(pid_t pid);

    pid_t pid() const noexcept { return pid_; }
    bool has_ended_within(std::chrono::milliseconds limit) const noexcept;
    bool is_running() const noexcept { return pid_ != 0 && !has_ended_within({}); }

    /// SIGINT: fast shutdown, SIGQUIT: immediate, SIGTERM: smart.
    void signal(int number) const noexcept;

    /// Waits until the server accepts connections; `errc::server_unavailable` if it ends instead, `errc::timed_out`.
    result<> wait_ready(const std::filesystem::path& data_directory, std::chrono::milliseconds limit) const;

    /// Stops all processes of the server where they are; gives when none of them runs any more.
    result<> pause() const;
    void resume() const noexcept;

    /// Kills all processes of the server and waits until they are gone. What they shared with the kernel goes, too.
    result<> kill(const std::filesystem::path& data_directory) const;

private:
    std::vector<pid_t> children() const;

    pid_t pid_ = 0;
    file_descriptor process_;
};

} // namespace pgcoro::testing
