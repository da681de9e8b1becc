// SPDX-License-Identifier: BSL-1.0
// What sessions have in common whatever carries their bytes: their executor, and memory for calls.
#include <pgcoro/detail/session.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

namespace pgcoro::detail {

namespace asio = boost::asio;
using io_executor = asio::io_context::executor_type;
using io_strand = asio::strand<io_executor>;
using any_strand = asio::strand<asio::any_io_executor>;
using pool_executor = asio::thread_pool::executor_type;

block_pool::~block_pool() {
    while (free_) {
        ::operator delete(std::exchange(free_, free_->next));
    }
}

session::session(asio::any_io_executor executor)
    : executor_(std::move(executor)), kind_(executor_kind::other), target_(nullptr) {
    const auto recognise = [&]<class E>(const E* target, executor_kind kind) {
        if (target) {
            target_ = target;
            kind_ = kind;
        }
    };
    recognise(executor_.target<io_executor>(), executor_kind::io_context);
    recognise(executor_.target<io_strand>(), executor_kind::strand);
    recognise(executor_.target<any_strand>(), executor_kind::strand_of_any);
    recognise(executor_.target<pool_executor>(), executor_kind::thread_pool);
}

bool session::runs_here() const noexcept {
    switch (kind_) {
    case executor_kind::io_context: return static_cast<const io_executor*>(target_)->running_in_this_thread();
    case executor_kind::strand: return static_cast<const io_strand*>(target_)->running_in_this_thread();
    case executor_kind::strand_of_any: return static_cast<const any_strand*>(target_)->running_in_this_thread();
    case executor_kind::thread_pool: return static_cast<const pool_executor*>(target_)->running_in_this_thread();
    case executor_kind::other: break;
    }
    return false;
}

} // namespace pgcoro::detail
