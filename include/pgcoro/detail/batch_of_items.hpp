// SPDX-License-Identifier: BSL-1.0
// Items that travel in one statement, and who waits for each.
#pragma once

#include <pgcoro/error.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace pgcoro::detail {

class batch_base;

/// A call, or a part of one, that waits for one item. In at most one batch.
class item_waiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Ends its life and tells its caller.
    virtual void refuse(error why) = 0;
    /// Ends its life without a word: its executor is being destroyed.
    virtual void dropped() noexcept = 0;

    batch_base* batch = nullptr;
    item_waiter* next = nullptr;
    std::size_t item = 0;
    time_point expires = time_point::max();

protected:
    ~item_waiter() = default;
};

template <class Value>
class value_waiter : public item_waiter {
public:
    /// Ends its life and tells its caller.
    virtual void give(Value&& value) = 0;

protected:
    ~value_waiter() = default;
};

/// Those who wait for one item, in order.
struct waiter_list {
    item_waiter* first = nullptr;
    item_waiter* last = nullptr;
};

/// The waiters of a batch. Does not move: they know it.
class batch_base {
public:
    batch_base() = default;
    batch_base(const batch_base&) = delete;
    batch_base& operator=(const batch_base&) = delete;

    std::size_t waiting() const noexcept { return waiting_; }
    bool has_waiters(std::size_t item) const noexcept { return waiters_[item].first != nullptr; }

    void add_item() { waiters_.emplace_back(); }
    void wait(std::size_t item, item_waiter& w) noexcept {
        w.batch = this;
        w.item = item;
        w.next = nullptr;
        auto& [first, last] = waiters_[item];
        (last ? last->next : first) = &w;
        last = &w;
        ++waiting_;
    }
    /// The one who has waited longest for this item; null if nobody does.
    item_waiter* pop(std::size_t item) noexcept {
        auto& [first, last] = waiters_[item];
        item_waiter* const w = first;
        if (w) {
            first = w->next;
            last = first ? last : nullptr;
            w->batch = nullptr;
            --waiting_;
        }
        return w;
    }
    /// It waits no longer.
    void remove(item_waiter& w) noexcept {
        auto& [first, last] = waiters_[w.item];
        item_waiter* before = nullptr;
        for (item_waiter* at = first; at != &w; at = at->next) {
            before = at;
        }
        (before ? before->next : first) = w.next;
        last = last == &w ? before : last;
        w.batch = nullptr;
        --waiting_;
    }
    /// Those who wait for an item of another batch wait for one of this instead.
    void take_waiters(std::size_t item, batch_base& from, std::size_t theirs) noexcept {
        while (item_waiter* const w = from.pop(theirs)) {
            wait(item, *w);
        }
    }

    /// Takes those out who do not wait after `now`, and gives the next deadline.
    template <class Function>
    item_waiter::time_point expire(item_waiter::time_point now, Function on_due) {
        auto next = item_waiter::time_point::max();
        for (std::size_t item = 0; item != waiters_.size(); ++item) {
            for (item_waiter *w = waiters_[item].first, *after = nullptr; w; w = after) {
                after = w->next;
                if (w->expires <= now) {
                    remove(*w);
                    on_due(*w);
                } else {
                    next = std::min(next, w->expires);
                }
            }
        }
        return next;
    }
    /// Lets go of all, without a word.
    void drop_waiters() noexcept {
        for (std::size_t item = 0; item != waiters_.size(); ++item) {
            while (item_waiter* const w = pop(item)) {
                w->dropped();
            }
        }
    }

    bool is_sent = false;
    /// Of all items, once they are answered.
    error outcome;
    /// The items up to here are answered.
    std::size_t answered = 0;
    /// Cancels the statement.
    boost::asio::cancellation_signal stop;

protected:
    ~batch_base() = default;
    void forget_items() noexcept {
        waiters_.clear();
        waiting_ = 0;
        is_sent = false;
        outcome = error();
        answered = 0;
    }

private:
    std::vector<waiter_list> waiters_;
    std::size_t waiting_ = 0;
};

} // namespace pgcoro::detail
