// SPDX-License-Identifier: BSL-1.0
// Logical replication: slots, and the stream of changes.
//
//     BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, config));
//     BOOST_OUTCOME_CO_TRY(co_await c.create_slot("shop_feed"));
//     pgcoro::replication_options options;
//     options.publications = {"shop"};
//     BOOST_OUTCOME_CO_TRY(auto stream, co_await c.start("shop_feed", options));
//     ...                                            // <pgcoro/replication_events.hpp>
//
// The server needs wal_level = logical; the role needs REPLICATION, and a line in pg_hba.conf for the database. A primary key,
// or REPLICA IDENTITY, is needed to update or delete rows of a published table.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/replication_options.hpp>
#include <pgcoro/replication_stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string_view>

namespace pgcoro {
namespace replication {
class replication_link;
struct access;
} // namespace replication

/// A connection for replication commands, one at a time. It runs no statements. It is closed when it is destroyed.
///
/// Errors of all functions: that of the server; `operation_in_progress`; `errc::stream_open` once a stream has begun;
/// `errc::connection_closed`, `errc::connection_lost`.
/// Cancellation and deadlines: the server is asked to cancel the command. If it does not within two seconds, the connection is
/// closed.
/// Thread safety: that of the executor, as for a `connection`.
class replication_connection {
public:
    /// Closed.
    replication_connection() noexcept = default;
    replication_connection(replication_connection&& other) noexcept;
    replication_connection& operator=(replication_connection&& other) noexcept;
    ~replication_connection();

    bool is_open() const noexcept;

    operation<system_identity> identify();

    /// Creates a logical slot for pgoutput. From then on the server keeps all of its log until the slot is read, or dropped.
    ///
    /// Waits for all transactions that are open in the database. Errors: `duplicate_object` (42710), `invalid_name` (42602).
    operation<slot_info> create_slot(std::string_view name, slot_options options = {});
    /// `waits`: whether to wait until nobody uses the slot. Errors: `undefined_object` (42704), `object_in_use` (55006).
    operation<void> drop_slot(std::string_view name, bool waits = false);

    /// Begins the stream, to which this connection then belongs. Waits while another consumer uses the slot, or while the
    /// server has not noticed yet that the last consumer is gone.
    ///
    /// Errors: `errc::no_such_publication`, `errc::changes_lost`; `undefined_object` (42704): there is no such slot;
    /// `object_not_in_prerequisite_state` (55000): it has lost its log; `feature_not_supported` (0A000): the server is too old
    /// for an option.
    operation<replication_stream> start(std::string_view slot, replication_options options);

    void close() noexcept;

private:
    friend struct replication::access;
    explicit replication_connection(std::shared_ptr<replication::replication_link> link) noexcept : link_(std::move(link)) {}

    std::shared_ptr<replication::replication_link> link_;
};

/// Connects for replication, to the database of `config`. Errors: those of `connect`.
operation<replication_connection> connect_replication(boost::asio::any_io_executor executor, connect_config config);

} // namespace pgcoro
