// SPDX-License-Identifier: BSL-1.0
// A call that a coroutine carries out.
#pragma once

#include <pgcoro/detail/bound_call.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace pgcoro::replication {

/// Who carries it out must be told when to stop: it is asked first, and made to if it has not ended after a while. The
/// coroutine must suspend before it ends.
template <class T>
class spawned_call final : public detail::bound_call<T> {
public:
    using body = std::function<boost::asio::awaitable<result<T>>()>;
    /// `by_force`: whatever it takes.
    using interrupt = std::function<void(bool by_force)>;

    spawned_call(const detail::bound_executor& where, body b, interrupt i)
        : detail::bound_call<T>(where), body_(std::move(b)), interrupt_(std::move(i)) {}

private:
    using owner = std::unique_ptr<spawned_call, detail::destroy_call>;
    static constexpr std::chrono::seconds grace{2};

    void begin_here() override {
        watch(this->deadline(), [](spawned_call& c) { c.stop(errc::timed_out); });
        boost::asio::co_spawn(this->bound_->executor(), body_(),
                              [self = owner(this)](std::exception_ptr thrown, result<T> outcome) mutable {
                                  auto& c = *self.release();
                                  c.timer_.reset();
                                  if (!outcome && c.stopped_) {
                                      outcome = std::move(c.stopped_);
                                  }
                                  c.complete(std::move(outcome));
                                  if (thrown) {
                                      std::rethrow_exception(thrown);
                                  }
                              });
    }
    void cancel_here() noexcept override { stop(detail::aborted()); }

    void stop(error why) noexcept {
        if (!stopped_) {
            stopped_ = std::move(why);
            interrupt_(false);
            watch(call_base_clock::now() + grace, [](spawned_call& c) { c.interrupt_(true); });
        }
    }

    using call_base_clock = std::chrono::steady_clock;

    void watch(call_base_clock::time_point when, void (*then)(spawned_call&)) {
        if (when == call_base_clock::time_point::max()) {
            return;
        }
        timer_ = std::make_shared<boost::asio::steady_timer>(this->bound_->executor(), when);
        timer_->async_wait([this, timer = std::weak_ptr(timer_), then](boost::system::error_code failed) {
            if (!failed && !timer.expired()) { // it would not be there if this were gone
                then(*this);
            }
        });
    }

    body body_;
    interrupt interrupt_;
    error stopped_;
    std::shared_ptr<boost::asio::steady_timer> timer_;
};

} // namespace pgcoro::replication
