// SPDX-License-Identifier: BSL-1.0
// The executor that an object is bound to, with quick answers to the two questions that each query asks.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <type_traits>

namespace pgcoro::detail {

class bound_executor {
public:
    explicit bound_executor(boost::asio::any_io_executor executor);
    bound_executor(const bound_executor&) = delete;
    bound_executor& operator=(const bound_executor&) = delete;

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// Whether the caller runs here, as far as that can be told cheaply.
    bool runs_here() const noexcept { return is_handling_here() || runs_on_executor(); }
    /// The same, if the caller is called by a handler of what is carried out here, as most are. Asks nothing of the executor.
    bool is_handling_here() const noexcept { return handling_.load(std::memory_order_relaxed) == &this_thread; }

    /// Whether `other` is the same executor.
    bool is(const boost::asio::any_io_executor& other) const noexcept;
    template <class Executor>
        requires(!std::is_same_v<Executor, boost::asio::any_io_executor>)
    bool is(const Executor& other) const noexcept {
        const auto* target = executor_.target<Executor>();
        return target && *target == other;
    }

    /// Says that this thread runs handlers here, from which most operations are started.
    class handling {
    public:
        explicit handling(bound_executor& h) noexcept : thread_(h.handling_), before_(thread_.load(std::memory_order_relaxed)) {
            thread_.store(&this_thread, std::memory_order_relaxed);
        }
        handling(const handling&) = delete;
        handling& operator=(const handling&) = delete;
        ~handling() { thread_.store(before_, std::memory_order_relaxed); }

    private:
        std::atomic<const char*>& thread_;
        const char* before_;
    };

private:
    bool runs_on_executor() const noexcept;

    enum class kind { other, io_context, strand, strand_of_any, thread_pool };

    boost::asio::any_io_executor executor_;
    kind kind_ = kind::other;
    const void* target_ = nullptr; // in executor_
    std::atomic<const char*> handling_ = nullptr;
    static inline thread_local const char this_thread = 0; // its address tells threads apart
};

} // namespace pgcoro::detail
