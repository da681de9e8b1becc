// SPDX-License-Identifier: BSL-1.0
#include "wire/wait_memory.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro::wire;

TEST(wait_memory, the_same_room_serves_one_wait_after_the_other) {
    wait_memory memory;
    void* const first = memory.allocate(100);
    memory.release(first);
    void* const second = memory.allocate(120);
    EXPECT_EQ(first, second);
    memory.release(second);
}

// A wait that was cancelled still has the room when the next one begins.
TEST(wait_memory, a_second_wait_at_the_same_time_goes_to_the_heap) {
    wait_memory memory;
    void* const first = memory.allocate(100);
    void* const second = memory.allocate(100);
    EXPECT_NE(first, second);
    memory.release(first);
    EXPECT_EQ(memory.allocate(100), first);
    memory.release(second);
    memory.release(first);
}

TEST(wait_memory, what_does_not_fit_goes_to_the_heap) {
    wait_memory memory;
    void* const large = memory.allocate(10'000);
    void* const small = memory.allocate(100);
    EXPECT_NE(large, small);
    memory.release(large);
    memory.release(small);
}

TEST(wait_memory, an_allocator_for_another_type_finds_the_same_room) {
    wait_memory memory;
    const wait_allocator<void> given(memory);
    wait_allocator<int> rebound(given);
    EXPECT_TRUE(rebound == given);
    int* const room = rebound.allocate(3);
    rebound.deallocate(room, 3);
    EXPECT_EQ(memory.allocate(8), room);
    memory.release(room);
}

} // namespace
