// SPDX-License-Identifier: BSL-1.0
// The completion handler of one call, type erased in place: an allocation only for handlers larger than most.
#pragma once

#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

namespace asio = boost::asio;

/// Something to be run once, on another executor. `run` ends its life.
class handover {
public:
    virtual void run() = 0;
    virtual ~handover() = default;

    // From Asio's memory, which a thread uses again and again.
    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;
};

// For the executor of most handlers: compiled once. Asio's templates for them would cost each query of a program more to
// compile than the memory and the virtual call, which only handlers on another executor pay.
boost::asio::any_io_executor keep_busy(const boost::asio::any_io_executor& executor);
void dispatch_to(const boost::asio::any_io_executor& executor, std::unique_ptr<handover> work);

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

template <class Handler>
struct elsewhere<Handler, asio::any_io_executor> {
    Handler handler;
    asio::any_io_executor executor;

    template <class T>
    class completion final : public handover {
    public:
        completion(Handler&& h, result<T>&& r) : handler_(std::move(h)), result_(std::move(r)) {}

        void run() override {
            if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) {
                slot.clear();
            }
            std::unique_ptr<completion> self(this);
            Handler h(std::move(handler_));
            result<T> r(std::move(result_));
            self.reset();
            std::move(h)(std::move(r));
        }

    private:
        Handler handler_;
        result<T> result_;
    };

    template <class T>
    void operator()(result<T>&& r) {
        const auto where = std::move(executor);
        dispatch_to(where, std::make_unique<completion<T>>(std::move(handler), std::move(r)));
    }
};

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

    /// Takes the handler out, calls `before(context)` (which may free the memory this stored_handler lives in, but not `r`),
    /// then the handler.
    void complete(result<T>&& r, void (*before)(void*) noexcept, void* context) {
        std::exchange(run_, nullptr)(*this, &r, before, context);
    }

private:
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
            std::unique_ptr<H> stored(*std::launder(reinterpret_cast<H**>(self.storage_)));
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

} // namespace pgcoro::detail
