// SPDX-License-Identifier: BSL-1.0
// What a replication connection is: a walsender, and how to reach another one.
#pragma once

#include "replication/walsender.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/detail/bound_executor.hpp>
#include <pgcoro/replication_options.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pgcoro::replication {

/// On its executor only. Its coroutines keep it alive.
class replication_link : public std::enable_shared_from_this<replication_link> {
public:
    replication_link(boost::asio::any_io_executor executor, connect_config config)
        : bound_(std::move(executor)), config_(std::move(config)) {}

    detail::bound_executor& where() noexcept { return bound_; }
    /// For ordinary connections to the same server.
    const connect_config& config() const noexcept { return config_; }
    walsender* sender() const noexcept { return sender_.get(); }
    bool is_open() const noexcept { return sender_ && sender_->is_open(); }

    boost::asio::awaitable<result<>> connect();
    boost::asio::awaitable<result<system_identity>> identify();
    boost::asio::awaitable<result<slot_info>> create_slot(std::string name, slot_options options);
    boost::asio::awaitable<result<>> drop_slot(std::string name, bool waits);
    /// True from the first `start` on, also while the stream connects anew. The commands above are refused then.
    bool belongs_to_stream() const noexcept { return belongs_to_stream_; }
    /// What they are told.
    static error refusal();
    /// Begins the stream; the connection knows no commands from then on. Gives the position that it begins at. `own`: where
    /// the consumer is.
    boost::asio::awaitable<result<lsn>> start(const std::string& slot, std::optional<lsn> own,
                                              const replication_options& options);
    /// The server's wal_sender_timeout, as of the last `start`. 0: none.
    std::chrono::milliseconds server_timeout() const noexcept { return server_timeout_; }

    /// The server's warning, since PostgreSQL 18, that a publication is not there: the stream then has nothing of it.
    const error& publication_warning() const noexcept { return publication_warning_; }

    /// Ends what is going on: politely, or by closing the connection.
    void interrupt(bool by_force) noexcept;
    void close() noexcept;
    /// What the connection's owner does: once there is a stream, that is the owner.
    void close_unless_streaming() noexcept {
        if (!belongs_to_stream_) {
            close();
        }
    }

private:
    /// For the connection's owner.
    boost::asio::awaitable<result<detail::result_handle>> run(std::string command);
    /// For whoever it belongs to.
    boost::asio::awaitable<result<detail::result_handle>> run_here(std::string command);

    detail::bound_executor bound_;
    connect_config config_;
    std::shared_ptr<walsender> sender_;
    std::weak_ptr<wire::connector> connector_;
    std::chrono::milliseconds server_timeout_{0};
    error publication_warning_;
    bool is_busy_ = false;
    bool expects_warning_ = false; // since START_REPLICATION: it may be read together with the answer
    bool is_streaming_ = false;
    bool belongs_to_stream_ = false;
};

} // namespace pgcoro::replication
