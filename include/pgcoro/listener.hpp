// SPDX-License-Identifier: BSL-1.0
// A listener: receives what NOTIFY sends, over a connection of its own that it keeps alive.
//
//     pgcoro::listener jobs(co_await asio::this_coro::executor, config);
//     BOOST_OUTCOME_CO_TRY(co_await jobs.listen("jobs"));
//     for (;;) {
//         BOOST_OUTCOME_CO_TRY(const auto event, co_await jobs.next());
//         if (const auto* n = std::get_if<pgcoro::notification>(&event)) {
//             work_on(n->payload);
//         } else {
//             ... // a gap: something may have been missed, so look into the table
//         }
//     }
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/listener_events.hpp>
#include <pgcoro/listener_options.hpp>
#include <pgcoro/operation.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace pgcoro {
namespace listening {
class listener_session;
}

/// Listens to channels on its own connection, which no statement can delay. It reads all the time: a session that does not read
/// would keep the server from freeing its queue of notifications. Events that were not taken yet wait in a bounded queue.
///
/// A lost connection is replaced, and all channels are listened to again. What was sent in between is lost, because PostgreSQL
/// keeps nothing for an absent listener: a `gap` marks the place. There is also a gap when a channel is listened to for the
/// first time, so a program that reads the current state whenever `next` gives a gap misses nothing.
///
/// It connects to a primary server, as a standby cannot LISTEN. Each new session notifies itself before it is relied on.
/// Behind a pooler in transaction mode, where nothing would ever be delivered, that fails with
/// `errc::notifications_not_delivered`. A pooler in session mode works; the test then needs a second connection for a moment.
///
/// The hook `on_notification` of `config` is not called.
/// Errors: a failure to connect that a retry cannot fix (a wrong password, `errc::notifications_not_delivered`), or that has
/// used up all attempts, ends all calls that wait with that error. The next call tries again. Other failures are retried: see
/// `listener_options::on_connect_failed`.
/// Thread safety: that of the executor. With an `io_context` run by one thread, or a strand, calls may be started from any
/// thread. The object itself must not be moved or destroyed while another thread uses it.
///
/// From the first `listen` until it is closed or destroyed, it keeps the event loop running.
class listener {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Does not connect: the first `listen` does.
    listener(boost::asio::any_io_executor executor, connect_config config, listener_options options = {});
    /// Every call of the moved-from object fails with `errc::connection_closed`.
    listener(listener&& other) noexcept;
    listener& operator=(listener&& other) noexcept;
    /// Same as `close`.
    ~listener();

    /// Listens to a channel from now on, across reconnections. Completes when the server has confirmed it; while there is no
    /// connection, it waits for one. The name is taken literally: `Jobs` is not `jobs`, which is what `NOTIFY Jobs` would send
    /// to.
    ///
    /// Errors: `errc::invalid_channel` if the name is empty or has more than 63 bytes; see above; `operation_aborted` if
    /// `unlisten` was called for it meanwhile.
    /// Cancellation and deadlines: only the wait ends. The channel stays listened to until `unlisten`.
    operation<void> listen(std::string_view channel);
    /// Stops listening to a channel. Completes when the server has confirmed it. Events that already wait are still given.
    ///
    /// Errors: `operation_aborted` if `listen` was called for it meanwhile. Cancellation: as with `listen`.
    operation<void> unlisten(std::string_view channel);

    /// The next event. Of one channel, notifications come in the order in which their transactions committed.
    ///
    /// Errors: see above; `operation_in_progress` if another `next` waits; `errc::connection_closed`.
    /// Cancellation and deadlines: no event is lost.
    operation<listener_event> next();
    /// The next event if it has already arrived. Costs less than `next`, which gives the event loop a turn. On the executor
    /// only.
    std::optional<listener_event> try_next();

    /// Closes the connection now. Calls that wait fail with `errc::connection_closed`; events that wait are dropped.
    void close() noexcept;

    /// The executor that everything runs on. Must not be called on a moved-from object.
    executor_type get_executor() const noexcept;

private:
    std::shared_ptr<listening::listener_session> session_;
};

} // namespace pgcoro
