// SPDX-License-Identifier: BSL-1.0
// Takes slow statements from any thread, and explains one after the other on a connection of its own.
//
//   offer -> coroutine starts -> connect -> explain ... -> idle -> connection closed, coroutine ends
#pragma once

#include "observers/slow_statements.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/slow_query_plans_options.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::observers {

class plan_worker : public std::enable_shared_from_this<plan_worker> {
public:
    plan_worker(boost::asio::any_io_executor executor, connect_config config, slow_query_plans_options options);

    const slow_query_plans_options& options() const noexcept { return options_; }

    // On any thread.
    void offer(const slow_statement_view& slow);
    void close();
    std::vector<slow_query_plan> last() const;
    std::uint64_t skipped() const;

private:
    /// Belongs to the coroutine: where that ends, and be it with its executor, another one may begin.
    struct activity {
        explicit activity(std::shared_ptr<plan_worker> of) noexcept : worker(std::move(of)) {}
        activity(activity&&) noexcept = default;
        activity& operator=(activity&&) = delete;
        ~activity();

        std::shared_ptr<plan_worker> worker;
        /// Ends the coroutine where it waits.
        std::shared_ptr<boost::asio::cancellation_signal> stop = std::make_shared<boost::asio::cancellation_signal>();
        bool has_ended = false;
    };
    /// What the coroutine uses. Nothing of it may outlive the executor, as the worker may.
    struct open_session {
        explicit open_session(const activity& of);
        open_session(const open_session&) = delete;
        open_session& operator=(const open_session&) = delete;
        ~open_session();

        plan_worker& worker;
        std::shared_ptr<boost::asio::cancellation_signal> stop;
        boost::asio::steady_timer timer;
        connection db;
    };

    static boost::asio::awaitable<void> work(activity running);
    static boost::asio::awaitable<bool> wait_for_more(open_session& session);
    static task<std::string> plan_of(open_session& session, const slow_statement& slow);

    void start();
    void wake_up();
    std::optional<slow_statement> take();
    bool end_if_empty();
    bool is_closed() const;
    void keep(slow_query_plan made);

    const boost::asio::any_io_executor executor_;
    const connect_config config_;
    const slow_query_plans_options options_;

    open_session* session_ = nullptr; // on the executor only
    std::uint64_t prepared_ = 0;      // the same: so many statements were

    mutable std::mutex lock_; // of what follows
    slow_statements waiting_;
    std::deque<slow_query_plan> last_;
    bool is_running_ = false;
    bool is_closed_ = false;
};

} // namespace pgcoro::observers
