// SPDX-License-Identifier: BSL-1.0
// Notifications with a listener: by `next` alone, and by `try_next` as long as there are any.
#include "announcer.hpp"
#include "subjects.hpp"

#include <pgcoro/listener.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>
#include <variant>

namespace bench {
namespace {

namespace asio = boost::asio;

pgcoro::listener_options with_room() {
    pgcoro::listener_options options;
    options.max_queued = 1'000'000;
    options.max_queued_bytes = 1'000'000'000;
    return options;
}

class pgcoro_listen final : public subject {
public:
    pgcoro_listen(std::string name, const std::string& conninfo, bool one_by_one)
        : subject(std::move(name)),
          announcer_(conninfo, this->name()),
          listener_(context_.get_executor(), conninfo, with_room()),
          one_by_one_(one_by_one) {
        finish(listen());
    }

    void run(std::size_t notifications) override {
        announcer_.send(notifications);
        finish(read(notifications));
    }

private:
    asio::awaitable<void> listen() {
        (co_await listener_.listen(announcer_.channel())).value();
        static_cast<void>((co_await listener_.next()).value()); // the gap that marks the start
    }

    asio::awaitable<void> read(std::size_t notifications) {
        std::size_t bytes = 0;
        const auto take = [&](const pgcoro::listener_event& event) {
            bytes += std::get<pgcoro::notification>(event).payload.size();
        };
        for (std::size_t seen = 0; seen < notifications;) {
            auto event = co_await listener_.next();
            take(event.value());
            ++seen;
            while (!one_by_one_ && seen < notifications) {
                const auto more = listener_.try_next();
                if (!more) {
                    break;
                }
                take(*more);
                ++seen;
            }
        }
        announcer_.expect(notifications, bytes);
    }

    // The listener would keep the context running.
    void finish(asio::awaitable<void> coroutine) {
        asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr e) {
            if (e) {
                std::rethrow_exception(e);
            }
            context_.stop();
        });
        context_.run();
        context_.restart();
    }

    asio::io_context context_{1};
    announcer announcer_;
    pgcoro::listener listener_;
    bool one_by_one_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_listen(const std::string& conninfo) {
    return std::make_unique<pgcoro_listen>("pgcoro-listen", conninfo, false);
}

std::unique_ptr<subject> make_pgcoro_listen_next(const std::string& conninfo) {
    return std::make_unique<pgcoro_listen>("pgcoro-listen-next", conninfo, true);
}

} // namespace bench
