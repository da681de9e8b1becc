// SPDX-License-Identifier: BSL-1.0
// A call that is carried out by a session as one request: what single statements, batches and execute_many have in common.
#pragma once

#include <pgcoro/detail/call.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/session.hpp>

#include <memory>
#include <new>
#include <optional>

namespace pgcoro::detail {

/// `Derived` has the statements of `request` and `result<T> take()`, which gives what was consumed.
template <class Derived, class T>
class request_call : public call<T>, public request {
public:
    /// Makes a `Derived` in the session's own memory if it fits and if this is its thread, else on the heap.
    template <class... Args>
    static call_ptr<T> make(const std::shared_ptr<session>& s, Args&&... args) {
        if (!s) {
            return call_ptr<T>(new failed_call<T>(error(errc::connection_closed).with(error::nothing_sent)));
        }
        if constexpr (sizeof(Derived) <= block_pool::block_size) {
            void* memory = s->runs_here() ? s->blocks().allocate() : ::operator new(block_pool::block_size);
            return call_ptr<T>(::new (memory) Derived(s, std::forward<Args>(args)...));
        } else {
            return call_ptr<T>(new Derived(s, std::forward<Args>(args)...));
        }
    }

    void destroy() noexcept final {
        auto* self = static_cast<Derived*>(this);
        if constexpr (sizeof(Derived) <= block_pool::block_size) {
            const auto s = std::move(session_);
            self->~Derived();
            s->runs_here() ? s->blocks().release(self) : ::operator delete(static_cast<void*>(self));
        } else {
            delete self;
        }
    }

    void cancel() noexcept final { session_->cancel(*this, aborted()); }

    void finish(error why) final {
        if (!this->has_waiter()) {
            destroy();
        } else if (why.code()) {
            this->complete(result<T>(std::move(why)));
        } else {
            this->complete(static_cast<Derived*>(this)->take());
        }
    }
    void abandon(error why) final { this->complete_early(result<T>(std::move(why))); }
    void drop() noexcept final { destroy(); }

protected:
    explicit request_call(const std::shared_ptr<session>& s) noexcept : call<T>(&s->executor()), session_(s) {}
    ~request_call() = default;

private:
    void begin() noexcept final {
        this->expires = this->deadline();
        if (session_->runs_here()) {
            session_->submit(*this);
        } else {
            asio::dispatch(session_->executor(), [this] { session_->submit(*this); });
        }
    }

    std::shared_ptr<session> session_;
};

} // namespace pgcoro::detail
