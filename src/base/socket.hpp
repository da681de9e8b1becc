// SPDX-License-Identifier: BSL-1.0
// Our own descriptor of libpq's socket, to wait on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_category.hpp>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <utility>
#include <variant>

namespace pgcoro::wire {

/// Where the executor is an `io_context`'s, as it mostly is, waits go to that directly: through `any_io_executor` each would
/// cost a hundred instructions more.
class socket {
public:
    explicit socket(const boost::asio::any_io_executor& executor) : descriptor_(std::in_place_type<erased>, executor) {
        if (const auto* plain = executor.target<boost::asio::io_context::executor_type>()) {
            descriptor_.emplace<direct>(*plain);
        }
    }

    enum class direction { read, write };

    template <class Handler>
    void async_wait(direction d, Handler handler) {
        using boost::asio::posix::descriptor_base;
        const auto what = d == direction::read ? descriptor_base::wait_read : descriptor_base::wait_write;
        if (auto* fast = std::get_if<direct>(&descriptor_)) {
            fast->async_wait(what, std::move(handler));
        } else {
            std::get<erased>(descriptor_).async_wait(what, std::move(handler));
        }
    }

    /// There is something to read, the end included. A system call: not for each query.
    bool is_readable() noexcept {
        pollfd asked{std::visit([](auto& d) { return d.native_handle(); }, descriptor_), POLLIN, 0};
        return ::poll(&asked, 1, 0) > 0;
    }

    /// Opens a descriptor of our own of the same socket: libpq closes its one whenever it likes, and the number may be another
    /// file's by then.
    boost::system::error_code duplicate(int libpqs) {
        const int number = ::fcntl(libpqs, F_DUPFD_CLOEXEC, 0);
        return number < 0 ? boost::system::error_code(errno, boost::system::system_category()) : take(number);
    }

    /// Registers it anew: pending waits are void.
    boost::system::error_code reregister() {
        return take(std::visit([](auto& d) { return d.release(); }, descriptor_));
    }

    void close() noexcept {
        boost::system::error_code ignored;
        std::visit([&](auto& d) { d.close(ignored); }, descriptor_);
    }

private:
    boost::system::error_code take(int number) {
        struct guard {
            int number;
            bool is_taken = false;
            ~guard() {
                if (!is_taken) {
                    ::close(number);
                }
            }
        } open{number};
        boost::system::error_code failed;
        std::visit([&](auto& d) { d.assign(number, failed); }, descriptor_); // it may throw for want of memory
        open.is_taken = !failed;
        return failed;
    }

    using direct = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
    using erased = boost::asio::posix::basic_stream_descriptor<boost::asio::any_io_executor>;

    std::variant<direct, erased> descriptor_;
};

} // namespace pgcoro::wire
