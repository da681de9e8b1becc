// SPDX-License-Identifier: BSL-1.0
// What the session gives to Asio to be called back.
#pragma once

#include "wire/session.hpp"
#include "wire/wait_memory.hpp"

#include <boost/system/error_code.hpp>

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

/// The same for a wait for the socket, during which the session owns itself. Asio keeps it in `memory`.
template <void (session::*Then)()>
class socket_handler {
public:
    using allocator_type = wait_allocator<void>;

    socket_handler(session& s, wait_memory& memory, unsigned registration) noexcept
        : session_(&s), memory_(&memory), registration_(registration) {}
    socket_handler(socket_handler&& other) noexcept
        : session_(std::exchange(other.session_, nullptr)), memory_(other.memory_), registration_(other.registration_) {}
    socket_handler& operator=(socket_handler&&) = delete;
    [[gnu::always_inline]] ~socket_handler() {
        if (session_) [[unlikely]] {
            session_->wait_was_dropped();
        }
    }

    allocator_type get_allocator() const noexcept { return allocator_type(*memory_); }

    void operator()(boost::system::error_code) { std::exchange(session_, nullptr)->template on_socket<Then>(registration_); }

private:
    session* session_;
    wait_memory* memory_;
    unsigned registration_;
};

} // namespace pgcoro::wire
