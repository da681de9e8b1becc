// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/call.hpp>

#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

void call_base::start_clock() noexcept { deadline_ = std::min(deadline_, from_now(limit_)); }

void call_base::complete_later(error why) {
    // Owned by what carries it there: a loop that ends first takes it along.
    asio::post(bound_->executor(), [self = std::unique_ptr<call_base, destroy_call>(this), why = std::move(why)]() mutable {
        self.release()->fail(std::move(why));
    });
}

void call_base::watch(asio::cancellation_slot slot) {
    slot_ = slot;
    has_slot_ = true;
    slot.assign([this](asio::cancellation_type) { cancel(); });
}

void call_base::watch_from_elsewhere(asio::cancellation_slot slot) {
    cancellable_ = std::make_shared<cancellable>(cancellable{this});
    slot.assign([box = cancellable_, executor = bound_->executor()](asio::cancellation_type) {
        asio::dispatch(executor, [box] {
            if (box->target) {
                box->target->cancel();
            }
        });
    });
}

failure_to_begin::failure_to_begin(error e) noexcept : why(std::move(e)) {}
failure_to_begin::~failure_to_begin() = default;

const bound_executor* failure_to_begin::bind(const asio::any_io_executor& executor) {
    where_.reset(new bound_executor(executor));
    return where_.get();
}

} // namespace pgcoro::detail
