// SPDX-License-Identifier: BSL-1.0
// What the session gives to Asio to be called back.
#pragma once

#include "wire/session.hpp"

#include <memory>
#include <utility>

namespace pgcoro::wire {

/// Keeps the session alive until it is called. Destroyed without having been called, it means that the execution context is
/// going away: the session lets go of its requests then, whose coroutines may be what owns the connection, and so the session.
template <class Function>
class session_handler {
public:
    session_handler(std::shared_ptr<session> self, Function function)
        : self_(std::move(self)), function_(std::move(function)) {}
    session_handler(session_handler&&) noexcept = default;
    session_handler& operator=(session_handler&&) = delete;
    ~session_handler() {
        if (self_) {
            self_->forsake();
        }
    }

    template <class... Args>
    void operator()(Args... args) {
        const auto self = std::move(self_);
        function_(*self, args...);
    }

private:
    std::shared_ptr<session> self_;
    Function function_;
};

} // namespace pgcoro::wire
