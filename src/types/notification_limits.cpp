// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/notification_limits.hpp>

#include <pgcoro/detail/utf8.hpp>

#include <string>

namespace pgcoro::detail {

error check_channel(std::string_view name) {
    if (name.empty()) {
        return error(errc::invalid_channel, "the name of a channel is empty");
    }
    if (name.size() > longest_channel) {
        return error(errc::invalid_channel, "the name of a channel has " + std::to_string(name.size()) +
                                                " bytes: PostgreSQL allows 63, and LISTEN would truncate it");
    }
    if (name.find('\0') != std::string_view::npos || !is_valid_utf8(name)) {
        return error(errc::invalid_channel, "the name of a channel contains a NUL character or is not UTF-8");
    }
    return {};
}

error check_notification(std::string_view channel, std::string_view payload) {
    error refusal = check_channel(channel);
    if (!refusal && payload.size() > longest_payload) {
        refusal =
            error(errc::value_too_large, "the payload of a notification has " + std::to_string(payload.size()) +
                                             " bytes: PostgreSQL allows 7999. Send a key, and let the receiver read the row");
    }
    return refusal;
}

} // namespace pgcoro::detail
