// SPDX-License-Identifier: BSL-1.0
// The page with the state of all targets: embedded files, and events that carry the state whenever it was looked at.
#pragma once

#include <http_connection.hpp>
#include <order_events.hpp>

#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <unordered_set>

namespace data_sync {

/// All functions on its executor.
class status_page final : public shop::http_host {
public:
    explicit status_page(const boost::asio::any_io_executor& executor);

    /// ADDRESS:PORT; an IPv6 address stands in brackets. Gives the page's address: port 0 is any free one.
    pgcoro::result<std::string> listen(const std::string& where);
    /// The state, as JSON.
    void show(std::string state);
    void stop();

    // http_host.

    boost::asio::awaitable<shop::http_response> answer(const shop::http_request& request) override;
    bool is_stopping() const override { return is_stopping_; }
    std::string_view server_name() const override { return "pgcoro-sync"; }
    void on_begin(shop::http_connection& connection) override { connections_.insert(&connection); }
    void on_end(shop::http_connection& connection) noexcept override { connections_.erase(&connection); }

private:
    boost::asio::awaitable<void> accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    shop::event_hub events_;
    std::string state_ = "{}";
    std::unordered_set<shop::http_connection*> connections_;
    bool is_stopping_ = false;
};

} // namespace data_sync
