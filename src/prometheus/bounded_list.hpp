// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace pgcoro::prometheus {

/// The items that came first, up to a limit, and one for all others. They stay where they are; nothing is removed. Found
/// without a lock, by looking at each: for some tens of them.
template <class T>
class bounded_list {
public:
    explicit bounded_list(std::size_t most) : slots_(most + 1) {}

    /// The item of which `is(item)` is true. If there is none: a new one, which `make(false)` gives as a `unique_ptr`, or, at
    /// the limit, the one for all others, from `make(true)`.
    template <class Is, class Make>
    T& find_or_add(Is is, Make make) {
        if (T* const found = find(is)) {
            return *found;
        }
        const std::lock_guard lock(mutex_);
        if (T* const found = find(is)) {
            return *found;
        }
        const bool is_full = owned_.size() + 1 >= slots_.size();
        owned_.push_back(make(is_full));
        slots_[owned_.size() - 1].store(owned_.back().get(), std::memory_order_release);
        return *owned_.back();
    }

private:
    template <class Is>
    T* find(Is is) const {
        for (const auto& slot : slots_) {
            T* const item = slot.load(std::memory_order_acquire);
            if (!item || &slot == &slots_.back() || is(*item)) {
                return item;
            }
        }
        return nullptr;
    }

    std::vector<std::atomic<T*>> slots_; // the last one is for all others
    std::vector<std::unique_ptr<T>> owned_;
    std::mutex mutex_;
};

} // namespace pgcoro::prometheus
