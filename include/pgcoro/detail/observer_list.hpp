// SPDX-License-Identifier: BSL-1.0
// The observers of a connection, a pool or a multiplexer. It does not change once it is in use.
#pragma once

#include <pgcoro/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pgcoro {
class observer;
}

namespace pgcoro::detail {

class observer_list {
public:
    /// Beyond that, `check` refuses.
    static constexpr std::size_t most = 8;

    struct entry {
        std::shared_ptr<observer> who;
        bool wants_values;
        bool wants_pool_events;
        bool is_last;
        std::uint8_t index;
        bool counts_bytes; // of the first: whether one of them wants them
    };

    /// Null is left out, and who is there already.
    void add(std::shared_ptr<observer> o);

    bool empty() const noexcept { return entries_.empty(); }
    /// Of a list that is not empty; the others follow, up to that which `is_last`.
    const entry* first() const noexcept { return entries_.data(); }
    /// `errc::invalid_configuration` if there are too many.
    error check() const;

    /// Calls `tell(observer)` for each.
    template <class Tell>
    void each(Tell tell) const {
        for (const entry& e : entries_) {
            tell(*e.who);
        }
    }

    bool wants_pool_events() const noexcept {
        return std::any_of(entries_.begin(), entries_.end(), [](const entry& e) { return e.wants_pool_events; });
    }
    /// Calls `tell(observer)` for each that wants the events of a pool.
    template <class Tell>
    void each_of_pool(Tell tell) const {
        for (const entry& e : entries_) {
            if (e.wants_pool_events) {
                tell(*e.who);
            }
        }
    }

private:
    std::vector<entry> entries_;
};

} // namespace pgcoro::detail
