// SPDX-License-Identifier: BSL-1.0
// What was sent and is not answered yet, in order: libpq returns results without saying which command they belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pgcoro::wire {

struct prepared_statement;

enum class command : std::uint8_t {
    prepare,
    execute,
    close,      // of a statement the server need not keep
    close_sync, // the Sync after closes in a segment of their own
    sync,       // the end of a request
    alone,      // a request of one statement outside of pipeline mode: it ends when libpq is idle again
};

class command_queue {
public:
    struct entry {
        command kind;
        prepared_statement* statement; // null if unnamed
    };

    bool empty() const noexcept { return head_ == tail_; }
    std::size_t size() const noexcept { return tail_ - head_; }

    entry& front() noexcept { return ring_[head_ & mask()]; }
    void pop() noexcept { ++head_; }

    void push(command kind, prepared_statement* statement = nullptr) {
        if (size() == ring_.size()) {
            grow();
        }
        ring_[tail_++ & mask()] = {kind, statement};
    }

    void clear() noexcept { head_ = tail_; }

private:
    std::size_t mask() const noexcept { return ring_.size() - 1; }

    void grow() {
        std::vector<entry> larger(2 * ring_.size());
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) {
            larger[i] = ring_[(head_ + i) & mask()];
        }
        ring_.swap(larger);
        head_ = 0;
        tail_ = count;
    }

    std::vector<entry> ring_ = std::vector<entry>(64); // a power of two
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
};

} // namespace pgcoro::wire
