// SPDX-License-Identifier: BSL-1.0
#include "work_queue.hpp"

#include <algorithm>
#include <utility>

namespace migrate {

std::size_t work_queue::add(work_item item) {
    items_.push_back(std::move(item));
    states_.push_back(state::waiting);
    return items_.size() - 1;
}

std::optional<std::size_t> work_queue::next(bool has_reader) {
    while (first_waiting_ < items_.size() && states_[first_waiting_] != state::waiting) {
        ++first_waiting_;
    }
    for (std::size_t i = first_waiting_; i < items_.size(); ++i) {
        if (states_[i] == state::waiting && (has_reader || !items_[i].needs_reader) && is_ready(items_[i])) {
            states_[i] = state::begun;
            locked_.insert(items_[i].locks.begin(), items_[i].locks.end());
            return i;
        }
    }
    return std::nullopt;
}

void work_queue::finish(std::size_t number) {
    if (states_[number] == state::begun) {
        for (const std::string& lock : items_[number].locks) {
            locked_.erase(lock);
        }
    }
    done_ += states_[number] == state::done ? 0 : 1;
    states_[number] = state::done;
}

bool work_queue::is_ready(const work_item& item) const {
    return std::ranges::all_of(item.needs, [&](std::size_t needed) { return states_[needed] == state::done; }) &&
           std::ranges::none_of(item.locks, [&](const std::string& lock) { return locked_.contains(lock); });
}

} // namespace migrate
