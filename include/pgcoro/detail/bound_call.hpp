// SPDX-License-Identifier: BSL-1.0
// A call whose work begins on its executor, wherever it is started.
#pragma once

#include <pgcoro/detail/call.hpp>

#include <boost/asio/dispatch.hpp>

#include <memory>

namespace pgcoro::detail {

/// It has itself to itself until it is complete. A cancellation that comes before it has come to its executor is remembered.
template <class T>
class bound_call : public call<T> {
public:
    void destroy() noexcept override { delete this; }
    void cancel() noexcept final {
        if (is_here_) {
            cancel_here();
        } else {
            is_cancelled_ = true;
        }
    }

protected:
    explicit bound_call(const bound_executor& where) noexcept : call<T>(&where) {}
    virtual ~bound_call() = default;

    // On the executor.
    virtual void begin_here() = 0;
    virtual void cancel_here() noexcept = 0;

private:
    using owner = std::unique_ptr<bound_call, destroy_call>;

    void begin() noexcept final {
        if (this->bound_->runs_here()) {
            arrive();
        } else {
            // Owned by what carries it there: a loop that ends first takes it along.
            boost::asio::dispatch(this->bound_->executor(), [self = owner(this)]() mutable { self.release()->arrive(); });
        }
    }
    void arrive() {
        is_here_ = true;
        if (is_cancelled_) {
            this->complete_later(aborted().with(error::nothing_sent));
        } else {
            begin_here();
        }
    }

    bool is_here_ = false;
    bool is_cancelled_ = false;
};

} // namespace pgcoro::detail
