// SPDX-License-Identifier: BSL-1.0
// In which order the parts of a migration are done by several workers. No I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace migrate {

/// Something that one worker does, in one transaction.
struct work_item {
    std::vector<std::size_t> needs; // the numbers of items that must be done before
    bool needs_reader = false;      // only a worker with a reader of the source can do it
    std::vector<std::string> locks; // what no other item may use meanwhile, such as both tables of a foreign key
};

/// Items are handed out in the order in which they were added, but for those that must wait.
class work_queue {
public:
    /// Gives its number, from 0. `needs` are numbers of earlier items.
    std::size_t add(work_item item);

    /// An item to begin with; nothing if all are begun, or those that are left must wait for one that is being done.
    std::optional<std::size_t> next(bool has_reader);
    /// An item is done, now or in an earlier run.
    void finish(std::size_t number);

    bool is_done() const noexcept { return done_ == items_.size(); }
    std::size_t size() const noexcept { return items_.size(); }

private:
    enum class state { waiting, begun, done };

    bool is_ready(const work_item& item) const;

    std::vector<work_item> items_;
    std::vector<state> states_;
    std::set<std::string> locked_;
    std::size_t done_ = 0;
    std::size_t first_waiting_ = 0; // all items before it are begun or done
};

} // namespace migrate
