// SPDX-License-Identifier: BSL-1.0
// What is given to Asio to be called back, by whoever has requests that wait.
#pragma once

#include <memory>
#include <utility>

namespace pgcoro {

/// Keeps its owner alive until it is called. Destroyed without having been called, it means that the execution context is going
/// away: the owner lets go of its requests then, for their coroutines may be what owns the connection or pool, and so itself.
template <class Owner, class Function>
class loop_handler {
public:
    loop_handler(std::shared_ptr<Owner> owner, Function function) : owner_(std::move(owner)), function_(std::move(function)) {}
    loop_handler(loop_handler&&) noexcept = default;
    loop_handler& operator=(loop_handler&&) = delete;
    ~loop_handler() {
        if (owner_) {
            owner_->drop_all();
        }
    }

    template <class... Args>
    void operator()(Args&&... args) {
        const auto owner = std::move(owner_);
        function_(*owner, std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<Owner> owner_;
    Function function_;
};

} // namespace pgcoro
