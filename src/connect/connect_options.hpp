// SPDX-License-Identifier: BSL-1.0
// What a `connect_config` holds: settings as they were given, nothing looked up yet.
#pragma once

#include "connect/settings_map.hpp"

#include <pgcoro/backoff.hpp>
#include <pgcoro/connect_config.hpp>
#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/notice.hpp>
#include <pgcoro/notification.hpp>
#include <pgcoro/prepare_policy.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::wire {
class settings_memory;
}

namespace pgcoro::detail {

struct connect_options {
    /// libpq's keywords. Only what the user gave: no default, nothing from the environment or a service file.
    settings_map settings;
    /// The first thing wrong with what was given.
    std::optional<error> problem;

    std::optional<std::chrono::milliseconds> attempt_timeout;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<backoff_options> retry;
    std::chrono::milliseconds command_timeout{0};
    std::chrono::milliseconds cancel_timeout = std::chrono::seconds(2);
    bool server_deadlines = false;
    /// SHA-256 fingerprints, 64 lower-case hexadecimal digits each.
    std::vector<std::string> pins;
    std::uint32_t scram_iterations_limit = 100'000;
    std::function<void(const notice&)> on_notice;
    std::function<void(notification)> on_notification;
    /// Null if there are none. Shared with connections.
    std::shared_ptr<const observer_list> observers;
    /// Of the pool it is for, as observers are told.
    std::string pool_name;
    boost::asio::any_io_executor helper;
    prepare_policy prepare = prepare_policy::automatic;
    /// Names are safe only if the pooler announces that it keeps track of them.
    bool behind_pooler = false;
    std::size_t statement_cache_size = 256;
    /// Certificates and keys given as text; `settings` names their files.
    std::map<std::string, std::shared_ptr<const void>, std::less<>> files;
    /// Shared by copies. Null if nothing was given.
    std::shared_ptr<wire::settings_memory> memory;
};

/// The same configuration for a connection that an observer itself uses.
connect_config without_observers(connect_config config);
/// The same for the connections of a pool that has observers.
connect_config for_pool(connect_config config, std::string_view name);

} // namespace pgcoro::detail
