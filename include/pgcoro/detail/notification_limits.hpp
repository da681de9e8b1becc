// SPDX-License-Identifier: BSL-1.0
// What PostgreSQL takes as a channel and as a payload, checked before anything is sent.
#pragma once

#include <pgcoro/error.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro::detail {

/// LISTEN would truncate a longer name, and hear nothing of what is sent to the whole of it.
constexpr std::size_t longest_channel = 63;
constexpr std::size_t longest_payload = 7999;

/// No error if `name` can be listened to.
error check_channel(std::string_view name);
/// The same of a notification to be sent.
error check_notification(std::string_view channel, std::string_view payload);

} // namespace pgcoro::detail
