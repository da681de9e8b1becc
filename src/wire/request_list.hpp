// SPDX-License-Identifier: BSL-1.0
// A FIFO of requests linked through themselves: queueing one allocates nothing.
#pragma once

#include <pgcoro/detail/request.hpp>

#include <utility>

namespace pgcoro::wire {

using detail::request;

class request_list {
public:
    bool empty() const noexcept { return head_ == nullptr; }
    request* front() const noexcept { return head_; }

    void push_back(request& r) noexcept {
        r.next = nullptr;
        (tail_ ? tail_->next : head_) = &r;
        tail_ = &r;
    }

    request* pop_front() noexcept {
        request* r = head_;
        if (r) {
            head_ = r->next;
            if (!head_) {
                tail_ = nullptr;
            }
            r->next = nullptr;
        }
        return r;
    }

    /// Puts all of `other` in front of this list's requests.
    void prepend(request_list& other) noexcept {
        if (other.empty()) {
            return;
        }
        other.tail_->next = head_;
        if (!tail_) {
            tail_ = other.tail_;
        }
        head_ = std::exchange(other.head_, nullptr);
        other.tail_ = nullptr;
    }

    void append(request_list& other) noexcept {
        while (request* r = other.pop_front()) {
            push_back(*r);
        }
    }

    bool remove(request& r) noexcept {
        request* before = nullptr;
        for (request* at = head_; at; before = at, at = at->next) {
            if (at == &r) {
                (before ? before->next : head_) = r.next;
                if (tail_ == &r) {
                    tail_ = before;
                }
                r.next = nullptr;
                return true;
            }
        }
        return false;
    }

private:
    request* head_ = nullptr;
    request* tail_ = nullptr;
};

} // namespace pgcoro::wire
