// SPDX-License-Identifier: BSL-1.0
// The engine of a replication stream: hands over what the server sends, tells it what is confirmed, and comes back after a
// loss.
//
//   start -> up <-> resolving (types of a table, on another connection)
//             |
//             lost -> pausing -> connecting -> up, with an event `restarted`
//
// What decides is standby_status, repeated_transactions and may_pass.
#pragma once

#include "base/deadline_timer.hpp"
#include "replication/pgoutput.hpp"
#include "replication/repeated_transactions.hpp"
#include "replication/replication_link.hpp"
#include "replication/standby_status.hpp"
#include "replication/status_message.hpp"

#include <pgcoro/replication_events.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pgcoro::replication {

/// The call that waits for the next event.
class event_reader {
public:
    /// Ends its life, and tells its caller.
    virtual void finish(result<event> outcome) = 0;
    /// Ends its life without a word: its executor is being destroyed.
    virtual void dropped() noexcept = 0;
    virtual std::chrono::steady_clock::time_point expires() const noexcept = 0;

protected:
    ~event_reader() = default;
};

class replication_session final : public std::enable_shared_from_this<replication_session> {
public:
    using clock = std::chrono::steady_clock;

    replication_session(std::shared_ptr<replication_link> link, std::string slot, replication_options options);
    ~replication_session() {
        if (state_ != state::starting) { // until then the connection is not its own
            link_->close();
        }
    }

    detail::bound_executor& where() noexcept { return link_->where(); }
    replication_link& link() noexcept { return *link_; }

    // On the executor.
    /// The first start, on the connection that is there.
    boost::asio::awaitable<result<>> open();
    /// Gives up the wait between two attempts of `open`.
    void stop_opening(bool by_force) noexcept;
    /// Ends the stream in agreement with the server, and closes.
    boost::asio::awaitable<result<>> stop();

    std::optional<event> try_next();
    /// False if another one waits.
    bool read(event_reader& r);
    /// False if it is about to be told something anyway.
    bool withdraw(event_reader& r) noexcept;
    void confirm(lsn durable);
    const standby_status& status() const noexcept { return status_; }
    lsn server_position() const noexcept { return server_end_; }
    void close() noexcept;
    /// Lets go of the one who waits, without a word: the executor is being destroyed.
    void drop_all() noexcept;

private:
    enum class state : unsigned char { starting, up, resolving, pausing, connecting, stopping, over };

    // replication_session.cpp
    bool advance();
    bool on_message(std::span<const std::byte> bytes);
    bool on_data(const data_message& data);
    void on_keepalive(const keepalive_message& message);
    bool offer_keepalive();
    event hand_over();
    void done_with_offer();
    void wait_for_data();
    void on_readable();
    void wait_to_write();
    void go_on_later() noexcept;
    void go_on();
    void watch(clock::time_point when) { timer_.watch<&replication_session::on_deadline>(*this, when); }
    void on_deadline();
    void tell_lag() const noexcept;
    void send_status(bool wants_reply);
    void schedule_status();

    // replication_restart.cpp
    void begin_stream(lsn from);
    void on_lost(const error& why);
    void end_with(const error& why);
    void connect_again();
    void on_restarted(const result<lsn>& begun);
    boost::asio::awaitable<result<lsn>> restart();
    bool resolve(const std::shared_ptr<const table>& described);
    boost::asio::awaitable<result<detail::type_catalogue_ptr>> look_up_types(std::vector<oid_number> wanted);
    void on_resolved(result<detail::type_catalogue_ptr> known);

    std::shared_ptr<replication_link> link_;
    std::string slot_;
    replication_options options_;
    backoff backoff_;
    std::function<double()> random_;
    deadline_timer timer_;
    state state_ = state::starting;
    unsigned generation_ = 0; // of the connection: what belongs to an earlier one is void

    pgoutput decoder_;
    repeated_transactions repeated_;
    standby_status status_;
    detail::type_catalogue_ptr types_;
    copy_bytes bytes_; // what the current event refers to
    std::optional<event> current_;
    std::shared_ptr<const table> described_; // while its types are looked up
    lsn offered_;                            // the position of the keepalive that the consumer has, if that is its last event
    lsn server_end_;
    lsn told_;

    event_reader* reader_ = nullptr;
    error failure_; // of the stream: what every call is told
    error lost_by_;
    int attempts_ = 0; // since a message came
    clock::time_point status_at_ = clock::time_point::max();
    clock::time_point answer_by_ = clock::time_point::max();
    clock::time_point keepalive_due_{}; // not before
    clock::time_point connect_at_ = clock::time_point::max();
    std::weak_ptr<boost::asio::steady_timer> opening_pause_;
    bool is_waiting_ = false; // for data
    bool is_writing_ = false; // waits until more can be sent
    bool has_heard_ = false;  // since the last status
    bool going_on_ = false;   // is posted
    bool gave_up_opening_ = false;
    bool is_late_ = false; // the server's answer to what begins the stream anew, or ends it
};

} // namespace pgcoro::replication
