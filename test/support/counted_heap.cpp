// SPDX-License-Identifier: BSL-1.0
// Own file: were these definitions inlined into the callers of new and delete, the compiler would see malloc paired with
// delete.
#include "support/counted_heap.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// Other threads allocate, too.
std::atomic<std::size_t> count = 0;

} // namespace

namespace pgcoro::test {

std::size_t allocations() noexcept { return count; }

} // namespace pgcoro::test

extern "C" {

void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t number, std::size_t size);
void* __real_realloc(void* p, std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
int __real_posix_memalign(void** p, std::size_t alignment, std::size_t size);

void* __wrap_malloc(std::size_t size) {
    ++count;
    return __real_malloc(size);
}

void* __wrap_calloc(std::size_t number, std::size_t size) {
    ++count;
    return __real_calloc(number, size);
}

void* __wrap_realloc(void* p, std::size_t size) {
    ++count;
    return __real_realloc(p, size);
}

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    ++count;
    return __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void** p, std::size_t alignment, std::size_t size) {
    ++count;
    return __real_posix_memalign(p, alignment, size);
}

} // extern "C"

void* operator new(std::size_t size) {
    ++count;
    if (void* p = __real_malloc(size == 0 ? 1 : size)) {
        return p;
    }
    throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    ++count;
    const auto unit = static_cast<std::size_t>(alignment);
    if (void* p = __real_aligned_alloc(unit, (size + unit - 1) / unit * unit)) {
        return p;
    }
    throw std::bad_alloc();
}

void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
