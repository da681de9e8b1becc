// SPDX-License-Identifier: BSL-1.0
#include "replication/walsender.hpp"

#include "libpq/server_error.hpp"
#include "wire/cancel_request.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <openssl/ssl.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace pgcoro::replication {

namespace asio = boost::asio;
using boost::system::error_code;

error walsender::open(wire::established made) {
    made_ = std::move(made);
    if (PQsetnonblocking(get(), 1) != 0) {
        return wire::libpq_error(get());
    }
    // A descriptor of our own, as in a session.
    const int descriptor = ::fcntl(PQsocket(get()), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) {
        return error_code(errno, boost::system::system_category());
    }
    error_code failed;
    socket_.assign(descriptor, failed);
    if (failed) {
        ::close(descriptor);
    }
    return failed ? error(failed) : error();
}

void walsender::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
    cancelling_.reset();
    if (made_.connection) {
        wire::abandon(std::exchange(made_.connection, nullptr));
    }
}

bool walsender::read() noexcept {
    bool alive = PQconsumeInput(get()) == 1;
    // OpenSSL may hold decrypted bytes, for which the socket would never become readable.
    auto* const tls = static_cast<SSL*>(PQsslStruct(get(), "OpenSSL"));
    while (alive && tls && SSL_pending(tls) > 0) {
        alive = PQconsumeInput(get()) == 1;
    }
    return alive;
}

bool walsender::flush() noexcept {
    const int left = PQflush(get());
    wants_to_write_ = left == 1;
    return left >= 0;
}

bool walsender::send(std::span<const std::byte> message) noexcept {
    return PQputCopyData(get(), reinterpret_cast<const char*>(message.data()), static_cast<int>(message.size())) == 1 &&
           flush();
}

walsender::got walsender::take(copy_bytes& out, std::size_t& size) noexcept {
    char* bytes = nullptr;
    const int length = PQgetCopyData(get(), &bytes, 1);
    out.reset(bytes);
    if (length > 0) {
        size = static_cast<std::size_t>(length);
        return got::message;
    }
    // After a loss PQgetCopyData gives 0 forever.
    return length == 0 && PQstatus(get()) == CONNECTION_OK ? got::nothing : got::end;
}

error walsender::why_lost() const {
    return made_.notices && made_.notices->fatal() ? *made_.notices->fatal() : wire::libpq_error(get());
}

error walsender::end_of_stream() {
    error first;
    // A lost connection gives results without end.
    while (PQstatus(get()) == CONNECTION_OK && !PQisBusy(get())) {
        const detail::result_handle result(PQgetResult(get()));
        if (!result || PQresultStatus(result.get()) == PGRES_COPY_IN) {
            break; // the server has ended its side, and libpq waits for ours, forever
        }
        if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR && !first) {
            first = wire::server_error(result.get());
        }
    }
    return first                              ? first
           : PQstatus(get()) == CONNECTION_OK ? error(errc::connection_lost, "the server ended the stream")
                                              : why_lost();
}

/// Until more has come, or could be sent.
asio::awaitable<error> walsender::wait() {
    const auto what = wants_to_write_ ? asio::posix::descriptor_base::wait_write : asio::posix::descriptor_base::wait_read;
    error_code failed;
    co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, failed));
    if (!is_open()) {
        co_return error(errc::connection_closed);
    }
    if (failed) {
        co_return error(failed);
    }
    if (!read() || (wants_to_write_ && !flush())) {
        co_return why_lost();
    }
    co_return error();
}

asio::awaitable<result<std::vector<detail::result_handle>>> walsender::run(std::string command) {
    std::vector<detail::result_handle> results;
    error failure;
    if (PQsendQuery(get(), command.c_str()) != 1 || !flush()) {
        failure = why_lost();
        close();
        co_return failure;
    }
    for (;;) {
        while (PQisBusy(get())) {
            error lost = co_await wait();
            if (lost) {
                close();
                co_return lost;
            }
        }
        detail::result_handle one(PQgetResult(get()));
        if (!one) {
            break;
        }
        const auto status = PQresultStatus(one.get());
        if (status == PGRES_FATAL_ERROR) {
            failure = failure ? failure : wire::server_error(one.get(), command);
            if (PQstatus(get()) != CONNECTION_OK) {
                close();
                break;
            }
        } else {
            results.push_back(std::move(one));
            if (status == PGRES_COPY_BOTH) {
                break;
            }
        }
    }
    cancelling_.reset();
    if (failure) {
        co_return failure;
    }
    co_return results;
}

asio::awaitable<error> walsender::finish_stream() {
    if (PQputCopyEnd(get(), nullptr) != 1 || !flush()) {
        co_return why_lost();
    }
    copy_bytes rest;
    std::size_t size = 0;
    for (auto taken = take(rest, size); taken != got::end; taken = take(rest, size)) {
        if (taken == got::nothing) {
            error lost = co_await wait();
            if (lost) {
                co_return lost;
            }
        }
    }
    // Everything up to the end: the server has processed all that was sent to it.
    error refused;
    for (;;) {
        while (PQstatus(get()) == CONNECTION_OK && PQisBusy(get())) {
            error lost = co_await wait();
            if (lost) {
                co_return lost;
            }
        }
        if (PQstatus(get()) != CONNECTION_OK) {
            co_return why_lost();
        }
        const detail::result_handle one(PQgetResult(get()));
        if (!one) {
            co_return refused;
        }
        if (const auto status = PQresultStatus(one.get()); status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            co_return error(errc::connection_lost, "the end of the stream could not be read"); // comes again and again
        }
        if (PQresultStatus(one.get()) == PGRES_FATAL_ERROR && !refused) {
            refused = wire::server_error(one.get());
        }
    }
}

void walsender::cancel_command() noexcept {
    if (is_open() && !cancelling_) {
        cancelling_ = wire::cancel_request::start(socket_.get_executor(), get(), [](bool, std::string_view) {});
    }
}

} // namespace pgcoro::replication
