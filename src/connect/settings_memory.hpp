// SPDX-License-Identifier: BSL-1.0
// Remembers what a configuration's settings were looked up to be: libpq looks everything up several times to tell it, which
// takes longer than the rest of a connect.
#pragma once

#include "connect/connect_settings.hpp"

#include <cstdint>
#include <memory>
#include <mutex>

namespace pgcoro::wire {

/// Of one configuration and its copies, until one of them is changed. From any thread.
class settings_memory {
public:
    /// What `look_up_settings` gives. It is not asked again as long as it would give the same: while the environment and the
    /// access rights of the password file are as they were, and no service file is read.
    result<std::shared_ptr<const connect_settings>> settings_of(const connect_config& config);

private:
    std::mutex mutex_;
    std::shared_ptr<const connect_settings> known_;
    std::uint64_t environment_ = 0;
};

} // namespace pgcoro::wire
