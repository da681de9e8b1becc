// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/stored_handler.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

namespace {

asio::recycling_allocator<unsigned char> memory_of_thread;

} // namespace

void* handover::operator new(std::size_t size) { return memory_of_thread.allocate(size); }
void handover::operator delete(void* memory, std::size_t size) noexcept {
    memory_of_thread.deallocate(static_cast<unsigned char*>(memory), size);
}

handover::handover(const asio::any_io_executor& executor, asio::cancellation_slot slot)
    : executor_(asio::prefer(executor, asio::execution::outstanding_work.tracked)), slot_(slot) {}

handover::~handover() = default;

void handover::dispatch() {
    const auto where = std::move(executor_);
    asio::dispatch(where, [owned = std::unique_ptr<handover>(this)]() mutable {
        handover* const self = owned.release();
        if (self->slot_.is_connected()) {
            self->slot_.clear();
        }
        self->run();
    });
}

} // namespace pgcoro::detail
