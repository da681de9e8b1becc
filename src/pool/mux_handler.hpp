// SPDX-License-Identifier: BSL-1.0
// What a multiplexer gives to Asio to be called back.
#pragma once

#include "pool/mux_session.hpp"

#include <memory>
#include <utility>

namespace pgcoro::lanes {

/// Keeps the multiplexer's engine alive until it is called. Destroyed without having been called, it means that the execution
/// context is going away: requests that wait are let go of, for their coroutines may be what owns the multiplexer.
template <class Function>
class mux_handler {
public:
    mux_handler(std::shared_ptr<mux_session> self, Function function)
        : self_(std::move(self)), function_(std::move(function)) {}
    mux_handler(mux_handler&&) noexcept = default;
    mux_handler& operator=(mux_handler&&) = delete;
    ~mux_handler() {
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
    std::shared_ptr<mux_session> self_;
    Function function_;
};

} // namespace pgcoro::lanes
