// SPDX-License-Identifier: BSL-1.0
// Counts what an executable takes from the heap, but for what libpq takes. counted_heap.cpp is to be one of its sources, and
// the linker is to be told to --wrap malloc, calloc, realloc, aligned_alloc and posix_memalign.
#pragma once

#include <cstddef>

namespace pgcoro::test {

/// The calls so far of operator new, wherever, and of malloc and its kin where our objects, and headers compiled into them,
/// call them. Calls of malloc inside shared libraries, libpq above all, do not count.
std::size_t allocations() noexcept;

} // namespace pgcoro::test
