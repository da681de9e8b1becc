// SPDX-License-Identifier: BSL-1.0
// Room for one of Asio's wait operations inside of the session: to wait allocates nothing, and looks for nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <new>

namespace pgcoro::wire {

class wait_memory {
public:
    wait_memory() noexcept = default;
    wait_memory(const wait_memory&) = delete;
    wait_memory& operator=(const wait_memory&) = delete;

    /// The room, or the heap while a wait that was cancelled still has it.
    void* allocate(std::size_t size) {
        if (size > sizeof room_ || taken_.load(std::memory_order_acquire)) [[unlikely]] {
            return ::operator new(size);
        }
        taken_.store(true, std::memory_order_relaxed);
        return room_;
    }

    void release(void* memory) noexcept {
        if (memory == room_) [[likely]] {
            taken_.store(false, std::memory_order_release);
        } else {
            ::operator delete(memory);
        }
    }

private:
    alignas(std::max_align_t) std::byte room_[192];
    std::atomic<bool> taken_ = false; // a pool's thread gives it back outside of the strand
};

/// Lets Asio find it.
template <class T>
class wait_allocator {
public:
    using value_type = T;

    explicit wait_allocator(wait_memory& memory) noexcept : memory_(&memory) {}
    template <class U>
    wait_allocator(const wait_allocator<U>& other) noexcept : memory_(other.memory()) {}

    T* allocate(std::size_t count) { return static_cast<T*>(memory_->allocate(count * sizeof(T))); }
    void deallocate(T* memory, std::size_t) noexcept { memory_->release(memory); }

    wait_memory* memory() const noexcept { return memory_; }
    template <class U>
    bool operator==(const wait_allocator<U>& other) const noexcept {
        return memory_ == other.memory();
    }

private:
    wait_memory* memory_;
};

} // namespace pgcoro::wire
