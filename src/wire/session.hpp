// SPDX-License-Identifier: BSL-1.0
// The engine of one connection: the only caller of libpq for its PGconn, always on its executor, always in pipeline mode.
//
//   submit -> waiting_ -> pump: send -> in_flight_ -> readable: drain -> completed_ -> run handlers -> pump again
//
// What decides (command_queue, statement_cache, loss) is tested without a socket; this class moves bytes and requests.
#pragma once

#include "wire/command_queue.hpp"
#include "wire/notice_hook.hpp"
#include "wire/pgconn.hpp"
#include "wire/request_list.hpp"
#include "wire/statement_cache.hpp"

#include <pgcoro/detail/session.hpp>
#include <pgcoro/prepare_policy.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace pgcoro::wire {

struct session_options {
    prepare_policy prepare = prepare_policy::automatic;
    std::size_t statement_cache_size = 256;
    /// Requests sent and unanswered; more wait in our FIFO, so that neither side's buffers grow without bound.
    std::size_t most_in_flight = 1024;
};

class session final : public detail::session, public std::enable_shared_from_this<session> {
public:
    using clock = std::chrono::steady_clock;

    /// Takes over a connection that libpq has just finished making.
    session(boost::asio::any_io_executor executor, pgconn_ptr connection, std::shared_ptr<notice_hook> notices,
            const session_options& options);
    ~session();

    /// Enters pipeline mode. Called once, before anything else; an error means the session is of no use.
    error open();

    void submit(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;

    /// Ends the session: what waits or is in flight fails with `why`. On the executor.
    void close(error why) noexcept;
    bool is_open() const noexcept { return !closed_; }

    int server_version() const noexcept { return server_version_; }
    int backend_pid() const noexcept { return backend_pid_; }
    PQTransactionStatusType transaction_status() const noexcept;

private:
    // session_send.cpp
    void pump();
    bool may_send() const noexcept;
    bool send_next();
    bool send_step(request& r, std::size_t step);
    bool send_prepared(const detail::statement_text& text, const parameters& values);
    bool send_sync();
    bool send_closes();
    void flush();

    // session_results.cpp
    void drain();
    bool take_result(PGresult* result);
    void take_error(const PGresult* result);
    void take_command_result(PGresult* result);
    void note_tag(PGresult* result) noexcept;
    void end_command() noexcept;
    void end_request();
    bool hold_for_retry(request& r);
    void settle_held();
    std::string_view head_text() const noexcept;

    // session_io.cpp
    void wait_readable();
    void wait_writable();
    void on_readable();
    void on_writable();
    bool consume();
    void reregister();
    void watch_deadline(clock::time_point when);
    void on_deadline();

    // session.cpp
    void lose(error why);
    void fail_requests(const error& why, bool connection_died);
    void run_completions();
    void run_completions_later();
    void tell_abandoned();
    void disconnect(bool politely) noexcept;

    pgconn_ptr connection_;
    std::shared_ptr<notice_hook> notices_;
    session_options options_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    clock::time_point timer_at_ = clock::time_point::max();
    void* tls_ = nullptr;  // OpenSSL's SSL*, borrowed
    int server_version_ = 0;
    int backend_pid_ = 0;

    request_list waiting_;    // nothing of it was sent
    request_list in_flight_;  // sent, the last one perhaps in part; answers come for the first
    request_list held_;       // failed on a stale prepared statement, to be sent again
    request_list completed_;  // over; handlers to be run outside of libpq
    request* sending_ = nullptr;
    std::size_t next_step_ = 0;
    std::size_t in_flight_count_ = 0;

    statement_cache cache_;
    command_queue expected_;
    // The head request's progress.
    std::size_t result_step_ = 0;
    error head_error_;
    bool head_prepared_ = false;  // it carried a Parse of its own

    error fatal_;      // the first FATAL the server sent
    error ended_by_;   // why the session is over
    bool began_idle_ = true;  // the transaction status when the pipeline was last empty
    bool reading_ = false;
    bool writing_ = false;
    bool blocked_ = false;  // libpq still holds bytes the socket would not take
    bool wrote_blocked_ = false;
    bool in_completions_ = false;
    bool completions_posted_ = false;
    bool pump_posted_ = false;
    bool closed_ = false;
    unsigned registration_ = 0;  // of the socket with the reactor: waits of an earlier one are void
};

} // namespace pgcoro::wire
