// SPDX-License-Identifier: BSL-1.0
// A FIFO of requests linked through themselves: queueing one allocates nothing.
#pragma once

#include <pgcoro/detail/request.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace pgcoro::wire {

using detail::request;

class request_list {
public:
    using time_point = std::chrono::steady_clock::time_point;

    request_list() noexcept = default;
    request_list(const request_list&) = delete;
    request_list& operator=(const request_list&) = delete;

    bool empty() const noexcept { return head_ == nullptr; }
    request* front() const noexcept { return head_; }

    void push_back(request& r) noexcept {
        r.next = nullptr;
        *end_ = &r;
        end_ = &r.next;
    }

    request* pop_front() noexcept {
        request* const r = head_;
        if (r) {
            take_front();
        }
        return r;
    }

    /// Of a list that is not empty.
    request& take_front() noexcept {
        request& r = *head_;
        head_ = r.next;
        if (!head_) {
            end_ = &head_;
        }
        return r;
    }

    /// Puts all of `other` in front of this list's requests.
    void prepend(request_list& other) noexcept {
        if (other.empty()) {
            return;
        }
        *other.end_ = head_;
        if (!head_) {
            end_ = other.end_;
        }
        head_ = std::exchange(other.head_, nullptr);
        other.end_ = &other.head_;
    }

    void append(request_list& other) noexcept {
        while (request* r = other.pop_front()) {
            push_back(*r);
        }
    }

    bool remove(request& r) noexcept {
        for (request** at = &head_; *at; at = &(*at)->next) {
            if (*at == &r) {
                *at = r.next;
                if (end_ == &r.next) {
                    end_ = at;
                }
                r.next = nullptr;
                return true;
            }
        }
        return false;
    }

    /// Calls `on_due(r)`, which may remove `r`, for each whose deadline has passed, and gives the earliest deadline of the
    /// others.
    template <class OnDue>
    time_point expire(time_point now, OnDue on_due) {
        auto next = time_point::max();
        for (request* r = head_; r;) {
            request* const following = r->next;
            if (r->expires <= now) {
                on_due(*r);
            } else {
                next = std::min(next, r->expires);
            }
            r = following;
        }
        return next;
    }

private:
    request* head_ = nullptr;
    request** end_ = &head_; // where the next one is linked to
};

} // namespace pgcoro::wire
