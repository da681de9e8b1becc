// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/observer_list.hpp>

#include <pgcoro/observer.hpp>

#include <algorithm>
#include <string>

namespace pgcoro::detail {

void observer_list::add(std::shared_ptr<observer> o) {
    const bool is_known = std::any_of(entries_.begin(), entries_.end(), [&](const entry& e) { return e.who == o; });
    if (o && !is_known) {
        const bool wants_values = o->wants_values();
        const bool wants_bytes = o->wants_bytes();
        const bool wants_pool_events = o->wants_pool_events();
        if (!entries_.empty()) {
            entries_.back().is_last = false;
        }
        const auto index = static_cast<std::uint8_t>(entries_.size());
        entries_.push_back({.who = std::move(o),
                            .wants_values = wants_values,
                            .wants_pool_events = wants_pool_events,
                            .is_last = true,
                            .index = index,
                            .counts_bytes = false});
        entries_.front().counts_bytes = entries_.front().counts_bytes || wants_bytes;
    }
}

error observer_list::check() const {
    if (entries_.size() <= most) {
        return {};
    }
    return error(errc::invalid_configuration, "there are more than " + std::to_string(most) + " observers");
}

} // namespace pgcoro::detail
