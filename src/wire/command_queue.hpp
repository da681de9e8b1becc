// SPDX-License-Identifier: BSL-1.0
// What was sent and is not answered yet, in order: libpq returns results without saying which command they belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace pgcoro::wire {

struct prepared_statement;

enum class command : std::uint8_t {
    prepare,
    describe, // of a statement, before it is run for the first time in a transaction
    execute,
    open,      // BEGIN or SAVEPOINT, before the first statement of a transaction
    identify,  // asks for the id of the transaction that has just begun
    close,     // of a statement the server need not keep
    ours,      // a statement of the session's own, whose failure matters to nobody
    whose,     // the same: asks for the server's process id
    our_sync,  // the Sync after what is not part of a request
    sync,      // the end of a request
    simple,    // a stream that goes in the simple protocol: it ends with libpq's null
    exclusive, // a request of one statement outside of pipeline mode: it ends when libpq is idle again
};

class command_queue {
public:
    struct entry {
        command kind;
        prepared_statement* statement; // null if unnamed
    };

    bool empty() const noexcept { return head_ == tail_; }
    std::size_t size() const noexcept { return tail_ - head_; }

    entry& front() noexcept { return ring_[head_ & mask_]; }
    void pop() noexcept {
        // An empty queue starts anew, so that a few commands at a time always use the same memory.
        if (++head_ == tail_) {
            clear();
        }
    }

    [[gnu::always_inline]] void push(command kind, prepared_statement* statement = nullptr) {
        if (size() > mask_) [[unlikely]] {
            grow();
        }
        ring_[tail_++ & mask_] = {kind, statement};
    }

    void clear() noexcept { head_ = tail_ = 0; }

private:
    void grow() {
        const std::size_t count = size();
        auto larger = std::make_unique<entry[]>(2 * (mask_ + 1));
        for (std::size_t i = 0; i < count; ++i) {
            larger[i] = ring_[(head_ + i) & mask_];
        }
        ring_ = std::move(larger);
        mask_ = 2 * mask_ + 1;
        head_ = 0;
        tail_ = count;
    }

    std::size_t mask_ = 63; // one less than a power of two
    std::unique_ptr<entry[]> ring_ = std::make_unique<entry[]>(mask_ + 1);
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
};

} // namespace pgcoro::wire
