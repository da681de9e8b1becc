// SPDX-License-Identifier: BSL-1.0
// `connect`: a connector, and a session made of what it found.
#include <pgcoro/connection.hpp>

#include "connect/connect_options.hpp"
#include "connect/connector.hpp"
#include "connection/connection_access.hpp"
#include "wire/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace pgcoro {
namespace {

namespace asio = boost::asio;

wire::session_options session_options_of(const detail::connect_options& given) noexcept {
    wire::session_options options;
    options.prepare = given.prepare;
    options.behind_pooler = given.behind_pooler;
    options.statement_cache_size = given.statement_cache_size;
    options.command_timeout = given.command_timeout;
    options.cancel_timeout = given.cancel_timeout;
    options.tells_deadlines = given.server_deadlines;
    return options;
}

/// `Context`'s executor with whatever properties.
template <class Context, std::size_t... Properties>
bool is_of(const asio::any_io_executor& executor, std::index_sequence<Properties...>) noexcept {
    return (executor.target<typename Context::template basic_executor_type<std::allocator<void>, Properties>>() || ...);
}

/// Asio's answer for a handler that has no executor, as `use_future` makes it: as many threads as there are, which a connection
/// would not survive.
bool is_the_systems(const asio::any_io_executor& executor) noexcept {
    // To ask for the system's context is to start its threads, which all others can do without.
    constexpr std::make_index_sequence<16> properties;
    if (is_of<asio::io_context>(executor, properties) || is_of<asio::thread_pool>(executor, properties) ||
        executor.target<asio::strand<asio::io_context::executor_type>>() ||
        executor.target<asio::strand<asio::any_io_executor>>() || executor.target<asio::strand<asio::system_executor>>()) {
        return false;
    }
    return &asio::query(executor, asio::execution::context) == &asio::query(asio::system_executor(), asio::execution::context);
}

class connect_call final : public detail::call<connection> {
public:
    explicit connect_call(connect_config config) : call(nullptr), config_(std::move(config)) {}
    connect_call(asio::any_io_executor executor, connect_config config) : connect_call(std::move(config)) {
        bind(std::move(executor));
    }

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override {
        cancelled_ = true;
        if (const auto c = connector_.lock()) {
            c->cancel();
        }
    }

private:
    using owner = std::unique_ptr<connect_call, detail::destroy_call>;

    void adopt(const asio::any_io_executor& executor) noexcept override { bind(executor); }

    void bind(asio::any_io_executor executor) noexcept {
        if (is_the_systems(executor)) {
            executor = asio::make_strand(asio::system_executor());
        }
        bound_ = &where_.emplace(std::move(executor));
    }

    // Always owned by what will run next: a loop that ends first takes the call along.
    void begin() noexcept override {
        asio::dispatch(bound_->executor(), [self = owner(this)]() mutable { begin_here(std::move(self)); });
    }

    static void begin_here(owner self) {
        connect_call& c = *self;
        c.begun_ = clock::now();
        const auto& helper = c.config_.details().helper;
        // std::function wants to be able to copy what it holds.
        auto shared = std::make_shared<owner>(std::move(self));
        std::shared_ptr<wire::connector> connector;
        if (!helper) {
            auto done = [shared](result<wire::established> made) { shared->release()->finish(std::move(made)); };
            connector = wire::connector::start(c.bound_->executor(), c.config_, c.deadline(), std::move(done), true);
        } else {
            // Meanwhile the bound executor has nothing to do, but must not run out of work.
            auto executor = asio::prefer(c.bound_->executor(), asio::execution::outstanding_work.tracked);
            connector =
                wire::connector::start(helper, c.config_, c.deadline(), [shared, executor](result<wire::established> made) {
                    asio::post(executor, [self = std::move(*shared), outcome = std::move(made)]() mutable {
                        self.release()->finish(std::move(outcome));
                    });
                });
        }
        c.connector_ = connector;
        if (c.cancelled_) {
            connector->cancel();
        }
    }

    void finish(result<wire::established> made) {
        if (!made) {
            tell(nullptr, made.error());
            complete(std::move(made).error());
            return;
        }
        made.value().on_notification = config_.details().on_notification;
        auto session =
            std::make_shared<wire::session>(bound_->executor(), std::move(made).value(), session_options_of(config_.details()));
        session->be_observed_by(config_.details().observers);
        if (error failure = session->open(); failure) {
            tell(nullptr, failure);
            complete(std::move(failure));
            return;
        }
        tell(session->facts_for_observers(), {});
        complete(detail::connection_access::make(std::move(session)));
    }

    void tell(const connection_facts* connection, const error& failure) const noexcept {
        if (const auto& observers = config_.details().observers) {
            const connect_event e{connection, clock::now() - begun_, failure, config_.details().pool_name};
            observers->each([&](observer& o) { o.on_connect(e); });
        }
    }

    connect_config config_;
    clock::time_point begun_;
    std::optional<detail::bound_executor> where_;
    std::weak_ptr<wire::connector> connector_; // which owns the call
    bool cancelled_ = false;
};

} // namespace

operation<connection> connect(connect_config config) {
    return operation<connection>(detail::call_ptr<connection>(new connect_call(std::move(config))));
}

operation<connection> connect(asio::any_io_executor executor, connect_config config) {
    return operation<connection>(detail::call_ptr<connection>(new connect_call(std::move(executor), std::move(config))));
}

} // namespace pgcoro
