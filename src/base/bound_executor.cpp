// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/bound_executor.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace pgcoro::detail {

namespace asio = boost::asio;
using io_executor = asio::io_context::executor_type;
using io_strand = asio::strand<io_executor>;
using any_strand = asio::strand<asio::any_io_executor>;
using pool_executor = asio::thread_pool::executor_type;

bound_executor::bound_executor(asio::any_io_executor executor) : executor_(std::move(executor)) {
    const auto recognise = [&]<class E>(const E* target, kind k) {
        if (target) {
            target_ = target;
            kind_ = k;
        }
    };
    recognise(executor_.target<io_executor>(), kind::io_context);
    recognise(executor_.target<io_strand>(), kind::strand);
    recognise(executor_.target<any_strand>(), kind::strand_of_any);
    recognise(executor_.target<pool_executor>(), kind::thread_pool);
}

[[gnu::hot]] bool bound_executor::is(const asio::any_io_executor& other) const noexcept {
    if (kind_ == kind::io_context) [[likely]] {
        const auto* const target = other.target<io_executor>();
        return target && *target == *static_cast<const io_executor*>(target_);
    }
    return other == executor_;
}

bool bound_executor::runs_on_executor() const noexcept {
    switch (kind_) {
    case kind::io_context: return static_cast<const io_executor*>(target_)->running_in_this_thread();
    case kind::strand: return static_cast<const io_strand*>(target_)->running_in_this_thread();
    case kind::strand_of_any: return static_cast<const any_strand*>(target_)->running_in_this_thread();
    case kind::thread_pool: return static_cast<const pool_executor*>(target_)->running_in_this_thread();
    case kind::other: break;
    }
    return false;
}

} // namespace pgcoro::detail
