// SPDX-License-Identifier: BSL-1.0
// What the pool gives to Asio, and to its connections, to be called back.
#pragma once

#include "pool/engine.hpp"

#include <memory>
#include <utility>

namespace pgcoro::pooling {

/// Keeps the engine alive until it is called. Destroyed without having been called, it means that the execution context is
/// going away: the engine lets go of who waits then, whose coroutines may be what owns the pool.
template <class Function>
class pool_handler {
public:
    pool_handler(engine& e, Function function) : self_(e.self()), function_(std::move(function)) {}
    pool_handler(pool_handler&&) noexcept = default;
    pool_handler& operator=(pool_handler&&) = delete;
    ~pool_handler() {
        if (self_) {
            self_->forsake();
        }
    }

    template <class... Args>
    void operator()(Args&&... args) {
        const auto self = std::move(self_);
        function_(*self, std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<engine> self_;
    Function function_;
};

} // namespace pgcoro::pooling
