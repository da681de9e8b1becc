// SPDX-License-Identifier: BSL-1.0
// Cancel requests where libpq can only block: one thread makes them, for all sessions of the process.
#include "wire/cancel_request.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <thread>
#include <unistd.h>
#include <utility>

namespace pgcoro::wire {
namespace {

namespace asio = boost::asio;

// A server that accepts and stays silent occupies the thread until the system's limits, `tcp_user_timeout` above all, end that.
// Those that wait meanwhile are of no use for long: their sessions are closed after `cancel_timeout`.
constexpr int most_waiting = 64;

/// Started by the first one who needs it. It is not destroyed, and its thread not joined: when the process ends, PQcancel may
/// still be waiting there. The thread takes no signals: those of the process are not for it, and PQcancel may raise SIGPIPE.
asio::io_context& helper() {
    static asio::io_context& loop = []() -> asio::io_context& {
        auto* const made = new asio::io_context(1);
        sigset_t all;
        sigset_t before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before); // the thread inherits it
        std::thread([made, work = asio::make_work_guard(*made)] { made->run(); }).detach();
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return *made;
    }();
    return loop;
}

struct free_cancel {
    void operator()(PGcancel* c) const noexcept { PQfreeCancel(c); }
};

/// What both threads know of one cancel request.
struct shared_state {
    std::atomic<bool> wanted = true;
    std::atomic<bool> confirmed = false; // written after the complaint
    std::array<char, 256> complaint{};
};

/// What the thread has to do. When it goes, done or not, the other end of its pipe is told.
class task_of_thread {
public:
    task_of_thread(PGconn* session, int tell, std::shared_ptr<shared_state> state)
        : cancel_(PQgetCancel(session)), tell_(tell), state_(std::move(state)) {
        ++waiting_;
    }
    ~task_of_thread() {
        --waiting_;
        ::close(tell_);
    }
    task_of_thread(const task_of_thread&) = delete;
    task_of_thread& operator=(const task_of_thread&) = delete;

    void run() noexcept {
        if (cancel_ && state_->wanted) {
            auto& complaint = state_->complaint;
            state_->confirmed = PQcancel(cancel_.get(), complaint.data(), static_cast<int>(complaint.size())) == 1;
        }
    }

    static bool has_room() noexcept { return waiting_ < most_waiting; }

private:
    static inline std::atomic<int> waiting_ = 0;

    std::unique_ptr<PGcancel, free_cancel> cancel_;
    int tell_;
    std::shared_ptr<shared_state> state_;
};

/// The session's side: waits at the pipe, and so has nothing of its loop in the other thread's hands.
class blocking_cancel final : public cancel_request, public std::enable_shared_from_this<blocking_cancel> {
public:
    blocking_cancel(const asio::any_io_executor& executor, handler done) : told_(executor), done_(std::move(done)) {}
    ~blocking_cancel() override { state_->wanted = false; }

    bool begin(PGconn* session) {
        int ends[2];
        if (!task_of_thread::has_room() || ::pipe2(ends, O_CLOEXEC) != 0) {
            return false;
        }
        auto task = std::make_unique<task_of_thread>(session, ends[1], state_);
        boost::system::error_code failed;
        told_.assign(ends[0], failed);
        if (failed) {
            ::close(ends[0]);
            return false;
        }
        told_.async_wait(asio::posix::descriptor_base::wait_read, [weak = weak_from_this()](boost::system::error_code) {
            if (const auto self = weak.lock()) {
                const bool confirmed = self->state_->confirmed;
                std::exchange(self->done_, nullptr)(confirmed, first_line(self->state_->complaint.data()));
            }
        });
        asio::post(helper(), [task = std::move(task)] { task->run(); });
        return true;
    }

private:
    asio::posix::stream_descriptor told_;
    handler done_;
    std::shared_ptr<shared_state> state_ = std::make_shared<shared_state>();
};

} // namespace

std::shared_ptr<cancel_request> start_blocking_cancel(const asio::any_io_executor& executor, PGconn* session,
                                                      cancel_request::handler done) {
    auto made = std::make_shared<blocking_cancel>(executor, std::move(done));
    return made->begin(session) ? made : nullptr;
}

} // namespace pgcoro::wire
