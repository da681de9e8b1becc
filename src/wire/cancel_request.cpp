// SPDX-License-Identifier: BSL-1.0
#include "wire/cancel_request.hpp"

#ifdef LIBPQ_HAS_ASYNC_CANCEL
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#endif

namespace pgcoro::wire {

#ifdef LIBPQ_HAS_ASYNC_CANCEL

namespace {

namespace asio = boost::asio;

struct finish_cancel {
    void operator()(PGcancelConn* connection) const noexcept { PQcancelFinish(connection); }
};

class nonblocking_cancel final : public cancel_request, public std::enable_shared_from_this<nonblocking_cancel> {
public:
    nonblocking_cancel(const asio::any_io_executor& executor, PGconn* session, handler done)
        : socket_(executor), connection_(PQcancelCreate(session)), done_(std::move(done)) {}

    ~nonblocking_cancel() override {
        if (socket_.is_open()) {
            socket_.release(); // it is libpq's
        }
    }

    bool begin() {
        return connection_ && PQcancelStart(connection_.get()) == 1 && wait(asio::posix::descriptor_base::wait_write);
    }

private:
    bool wait(asio::posix::descriptor_base::wait_type what) {
        boost::system::error_code failed;
        socket_.assign(PQcancelSocket(connection_.get()), failed);
        if (!failed) {
            socket_.async_wait(what, [weak = weak_from_this()](boost::system::error_code) {
                if (const auto self = weak.lock()) {
                    self->proceed();
                }
            });
        }
        return !failed;
    }

    void proceed() {
        // As when connecting, libpq may close this socket and open another one under the same number.
        socket_.release();
        switch (PQcancelPoll(connection_.get())) {
        case PGRES_POLLING_OK: return std::exchange(done_, nullptr)(true, {});
        case PGRES_POLLING_READING:
            if (wait(asio::posix::descriptor_base::wait_read)) {
                return;
            }
            break;
        case PGRES_POLLING_WRITING:
            if (wait(asio::posix::descriptor_base::wait_write)) {
                return;
            }
            break;
        default: break;
        }
        std::exchange(done_, nullptr)(false, first_line(PQcancelErrorMessage(connection_.get())));
    }

    asio::posix::stream_descriptor socket_; // libpq's, only while it is being waited for
    std::unique_ptr<PGcancelConn, finish_cancel> connection_;
    handler done_;
};

// Before, PQcancelCreate crashed where the address was given as `hostaddr`, as ours are.
constexpr int first_that_works = 170006;

} // namespace

std::shared_ptr<cancel_request> cancel_request::start(const asio::any_io_executor& executor, PGconn* session, handler done) {
    if (PQlibVersion() < first_that_works) {
        return start_blocking_cancel(executor, session, std::move(done));
    }
    auto made = std::make_shared<nonblocking_cancel>(executor, session, std::move(done));
    return made->begin() ? made : nullptr;
}

#else

std::shared_ptr<cancel_request> cancel_request::start(const boost::asio::any_io_executor& executor, PGconn* session,
                                                      handler done) {
    return start_blocking_cancel(executor, session, std::move(done));
}

#endif

} // namespace pgcoro::wire
