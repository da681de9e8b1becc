// SPDX-License-Identifier: BSL-1.0
// Server-Sent Events: from one listener to many clients. A client that does not keep up is dropped and not waited for.
#pragma once

#include "http_message.hpp"

#include <pgcoro/listener_events.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

/// Text that many clients get, in the format of Server-Sent Events.
using event_text = std::shared_ptr<const std::string>;

/// An event with a name and one line of data, such as JSON.
std::string format_event(std::string_view name, std::string_view data);
/// An order, or a `gap`: orders may have been missed, so the client should load them again.
std::string format_event(const pgcoro::listener_event& e);

/// The events that one client has not been sent yet.
class event_backlog {
public:
    static constexpr std::size_t most = 256;

    /// False if there are too many already: then it is the client's end.
    bool push(event_text text);
    /// All of them in one piece.
    std::string take();
    bool is_empty() const noexcept { return waiting_.empty(); }

private:
    std::deque<event_text> waiting_;
};

/// The clients of one thread. All functions on its executor.
class event_hub {
public:
    explicit event_hub(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// A body without an end, but for `close`.
    std::unique_ptr<body_source> subscribe();
    void publish(const event_text& text);
    /// Ends all of them.
    void close();
    std::size_t clients() const noexcept;

private:
    class client;
    class stream;

    boost::asio::any_io_executor executor_;
    std::vector<std::weak_ptr<client>> clients_;
};

} // namespace shop
