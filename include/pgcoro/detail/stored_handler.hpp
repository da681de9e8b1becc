// SPDX-License-Identifier: BSL-1.0
// The completion handler of one call, type erased in place: an allocation only for handlers larger than most.
#pragma once

#include <pgcoro/detail/owned.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

namespace asio = boost::asio;

/// Keeps another executor busy, then does something there, once. What does not depend on the handler is compiled once, in the
/// library: Asio's templates for any_io_executor would cost each query of a program more than the memory and the virtual call.
class handover {
public:
    handover(const handover&) = delete;
    handover& operator=(const handover&) = delete;
    virtual ~handover();

    /// Has the executor do it.
    void dispatch();

    // From Asio's memory, which a thread uses again and again.
    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;

protected:
    /// `slot` is cleared, on the executor, before anything is done.
    handover(const asio::any_io_executor& executor, asio::cancellation_slot slot);

private:
    /// Ends its life.
    virtual void run() = 0;

    asio::any_io_executor executor_;
    asio::cancellation_slot slot_;
};

/// A handler whose executor is not the session's: it keeps that executor busy until it runs there.
template <class Handler, class Executor>
struct elsewhere {
    Handler handler;
    std::decay_t<decltype(asio::prefer(std::declval<Executor>(), asio::execution::outstanding_work.tracked))> executor;

    template <class T>
    void operator()(result<T>&& r) {
        auto where = std::move(executor);
        asio::dispatch(where, [h = std::move(handler), value = std::move(r)]() mutable {
            if (auto slot = asio::get_associated_cancellation_slot(h); slot.is_connected()) {
                slot.clear();
            }
            std::move(h)(std::move(value));
        });
    }
};

template <class T>
class delivery;

template <class T>
class stored_handler {
public:
    stored_handler() noexcept = default;
    stored_handler(const stored_handler&) = delete;
    stored_handler& operator=(const stored_handler&) = delete;
    ~stored_handler() {
        if (run_) {
            run_(*this, nullptr, nullptr, nullptr);
        }
    }

    explicit operator bool() const noexcept { return run_ != nullptr; }

    template <class Handler>
    void emplace(Handler&& handler) {
        using handler_type = std::decay_t<Handler>;
        if constexpr (fits<handler_type>) {
            ::new (static_cast<void*>(storage_)) handler_type(std::forward<Handler>(handler));
        } else {
            ::new (static_cast<void*>(storage_)) handler_type*(new handler_type(std::forward<Handler>(handler)));
        }
        run_ = &run<handler_type>;
    }

    /// The same for a handler on another executor.
    template <class Handler>
    void emplace_elsewhere(Handler&& handler, const asio::any_io_executor& executor, asio::cancellation_slot slot) {
        ::new (static_cast<void*>(storage_)) delivery<T>*(new delivery<T>(std::forward<Handler>(handler), executor, slot));
        run_ = &delivery<T>::run_stored;
    }

    /// Takes the handler out, calls `before(context)` (which may free the memory this stored_handler lives in, but not `r`),
    /// then the handler.
    void complete(result<T>&& r, void (*before)(void*) noexcept, void* context) {
        std::exchange(run_, nullptr)(*this, &r, before, context);
    }

private:
    friend class delivery<T>;
    static constexpr std::size_t inline_size = 6 * sizeof(void*);
    template <class H>
    static constexpr bool fits = sizeof(H) <= inline_size && alignof(H) <= alignof(std::max_align_t);

    template <class H>
    [[gnu::hot]] static void run(stored_handler& self, result<T>* r, void (*before)(void*) noexcept, void* context) {
        if constexpr (fits<H>) {
            auto* stored = std::launder(reinterpret_cast<H*>(self.storage_));
            if (!r) {
                stored->~H();
                return;
            }
            H handler(std::move(*stored));
            stored->~H();
            before(context);
            std::move(handler)(std::move(*r));
        } else {
            owned<H> stored(*std::launder(reinterpret_cast<H**>(self.storage_)));
            if (r) {
                H handler(std::move(*stored));
                stored.reset();
                before(context);
                std::move(handler)(std::move(*r));
            }
        }
    }

    void (*run_)(stored_handler&, result<T>*, void (*)(void*) noexcept, void*) = nullptr;
    alignas(std::max_align_t) std::byte storage_[inline_size];
};

/// Takes the result to a handler on another executor.
template <class T>
class delivery final : public handover {
public:
    template <class Handler>
    delivery(Handler&& handler, const asio::any_io_executor& executor, asio::cancellation_slot slot)
        : handover(executor, slot) {
        handler_.emplace(std::forward<Handler>(handler));
    }
    ~delivery() override {
        if (has_result_) {
            result_.~result<T>();
        }
    }

    /// As the `run` of a stored handler, for one that holds a pointer to a delivery.
    static void run_stored(stored_handler<T>& from, result<T>* r, void (*before)(void*) noexcept, void* context) {
        delivery* const self = *std::launder(reinterpret_cast<delivery**>(from.storage_));
        if (!r) {
            delete self;
            return;
        }
        ::new (static_cast<void*>(&self->result_)) result<T>(std::move(*r));
        self->has_result_ = true;
        before(context);
        self->dispatch();
    }

private:
    void run() override {
        result<T> r(std::move(result_));
        handler_.complete(std::move(r), [](void* self) noexcept { delete static_cast<delivery*>(self); }, this);
    }

    stored_handler<T> handler_;
    bool has_result_ = false;
    union {
        result<T> result_;
    };
};

} // namespace pgcoro::detail
