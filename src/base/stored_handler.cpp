// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/stored_handler.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <utility>

namespace pgcoro::detail {

namespace {

asio::recycling_allocator<unsigned char> memory_of_thread;

} // namespace

void* handover::operator new(std::size_t size) { return memory_of_thread.allocate(size); }
void handover::operator delete(void* memory, std::size_t size) noexcept {
    memory_of_thread.deallocate(static_cast<unsigned char*>(memory), size);
}

asio::any_io_executor keep_busy(const asio::any_io_executor& executor) {
    return asio::prefer(executor, asio::execution::outstanding_work.tracked);
}

void dispatch_to(const asio::any_io_executor& executor, std::unique_ptr<handover> work) {
    asio::dispatch(executor, [owned = std::move(work)]() mutable { owned.release()->run(); });
}

} // namespace pgcoro::detail
