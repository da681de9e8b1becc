// SPDX-License-Identifier: BSL-1.0
// Blocks of memory of one size that are used again and again.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace pgcoro::detail {

/// A block is the heap's, too: who cannot get at the pool gives it to `operator delete`.
template <std::size_t Size>
class sized_block_pool {
public:
    static constexpr std::size_t block_size = Size;

    sized_block_pool() noexcept = default;
    sized_block_pool(const sized_block_pool&) = delete;
    sized_block_pool& operator=(const sized_block_pool&) = delete;
    ~sized_block_pool() {
        while (free_) {
            ::operator delete(std::exchange(free_, free_->next));
        }
    }

    void* allocate() {
        if (!free_) {
            return ::operator new(block_size);
        }
        --kept_;
        return std::exchange(free_, free_->next);
    }

    void release(void* block) noexcept {
        if (kept_ == most_kept) {
            ::operator delete(block);
            return;
        }
        ++kept_;
        free_ = ::new (block) node{free_};
    }

private:
    struct node {
        node* next;
    };
    static constexpr std::size_t most_kept = 1024;
    node* free_ = nullptr;
    std::size_t kept_ = 0;
};

} // namespace pgcoro::detail
