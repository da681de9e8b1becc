// SPDX-License-Identifier: BSL-1.0
// An epoll instance.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <system_error>

namespace bench::peers {

class poller {
public:
    poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) { check(epoll_, "epoll_create1"); }
    ~poller() { close(epoll_); }
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    void add(int socket, void* who) const { control(EPOLL_CTL_ADD, socket, who, EPOLLIN); }
    void change(int socket, void* who, bool wants_write) const {
        control(EPOLL_CTL_MOD, socket, who, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }

    /// What is ready, until the next call.
    std::span<const epoll_event> wait() const {
        const int n = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), -1);
        if (n < 0 && errno == EINTR) {
            return {};
        }
        check(n, "epoll_wait");
        return {events_.data(), static_cast<std::size_t>(n)};
    }

private:
    static void check(int result, const char* what) {
        if (result < 0) {
            throw std::system_error(errno, std::system_category(), what);
        }
    }

    void control(int operation, int socket, void* who, unsigned events) const {
        epoll_event event{.events = events, .data = {.ptr = who}};
        check(epoll_ctl(epoll_, operation, socket, &event), "epoll_ctl");
    }

    int epoll_;
    mutable std::array<epoll_event, 64> events_;
};

} // namespace bench::peers
