// SPDX-License-Identifier: BSL-1.0
#include "order_events.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace shop {
namespace {

namespace asio = boost::asio;

// A comment, so that a client that is gone is noticed, and proxies do not take silence for an end.
constexpr auto heartbeat = std::chrono::seconds(15);

std::string_view name_of(pgcoro::gap_cause cause) noexcept {
    switch (cause) {
    case pgcoro::gap_cause::listening: return "listening";
    case pgcoro::gap_cause::overflow: return "overflow";
    case pgcoro::gap_cause::reconnected: return "reconnected";
    }
    return "unknown";
}

} // namespace

std::string format_event(std::string_view name, std::string_view data) {
    std::string text("event: ");
    text.append(name).append("\ndata: ");
    for (const char c : data) {
        text += c == '\n' || c == '\r' ? ' ' : c; // they would end the event
    }
    return text.append("\n\n");
}

std::string format_event(const pgcoro::listener_event& e) {
    if (const auto* order = std::get_if<pgcoro::notification>(&e)) {
        return format_event("order", order->payload);
    }
    std::string data(R"({"cause":")");
    data.append(name_of(std::get<pgcoro::gap>(e).cause)).append(R"("})");
    return format_event("gap", data);
}

bool event_backlog::push(event_text text) {
    if (waiting_.size() == most) {
        return false;
    }
    waiting_.push_back(std::move(text));
    return true;
}

std::string event_backlog::take() {
    std::string all;
    for (const auto& text : waiting_) {
        all += *text;
    }
    waiting_.clear();
    return all;
}

class event_hub::client {
public:
    explicit client(const asio::any_io_executor& executor) : wake(executor) {}

    event_backlog backlog;
    asio::steady_timer wake;
    bool is_over = false;
    bool is_too_slow = false;
};

/// While a part is being written, events collect in the backlog. One that is full ends the connection.
class event_hub::stream final : public body_source {
public:
    explicit stream(std::shared_ptr<client> of) : client_(std::move(of)) {}

    pgcoro::task<std::string> next() override {
        for (;;) {
            if (client_->is_too_slow) {
                co_return pgcoro::error(pgcoro::errc::overloaded);
            }
            if (!client_->backlog.is_empty() || client_->is_over) {
                co_return client_->backlog.take();
            }
            client_->wake.expires_after(heartbeat);
            boost::system::error_code woken;
            co_await client_->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            if (!woken) {
                co_return std::string(": still here\n\n");
            }
        }
    }

private:
    std::shared_ptr<client> client_;
};

std::unique_ptr<body_source> event_hub::subscribe() {
    auto made = std::make_shared<client>(executor_);
    made->backlog.push(std::make_shared<const std::string>("retry: 1000\n\n"));
    std::erase_if(clients_, [](const auto& c) { return c.expired(); });
    clients_.push_back(made);
    return std::make_unique<stream>(std::move(made));
}

void event_hub::publish(const event_text& text) {
    for (const auto& weak : clients_) {
        if (const auto c = weak.lock()) {
            c->is_too_slow = c->is_too_slow || !c->backlog.push(text);
            c->wake.cancel();
        }
    }
}

void event_hub::close() {
    for (const auto& weak : clients_) {
        if (const auto c = weak.lock()) {
            c->is_over = true;
            c->wake.cancel();
        }
    }
}

std::size_t event_hub::clients() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(clients_, [](const auto& c) { return !c.expired(); }));
}

} // namespace shop
