// SPDX-License-Identifier: BSL-1.0
// `connect`: a connector, and a session made of what it found.
#include <pgcoro/connection.hpp>

#include "connection_access.hpp"
#include "wire/connector.hpp"
#include "wire/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <optional>

namespace pgcoro {
namespace {

namespace asio = boost::asio;

wire::session_options session_options_of(const detail::connect_options& given) noexcept {
    wire::session_options options;
    options.prepare = given.prepare;
    options.statement_cache_size = given.statement_cache_size;
    return options;
}

class connect_call final : public detail::call<connection> {
public:
    explicit connect_call(connect_config config) : call(nullptr), config_(std::move(config)) {}
    connect_call(asio::any_io_executor executor, connect_config config) : connect_call(std::move(config)) {
        adopt(std::move(executor));
    }

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override {
        cancelled_ = true;
        if (connector_) {
            connector_->cancel();
        }
    }

private:
    void adopt(asio::any_io_executor executor) noexcept override { home_ = &executor_.emplace(std::move(executor)); }

    void begin() noexcept override {
        asio::dispatch(*home_, [this] { begin_here(); });
    }

    void begin_here() {
        const auto& helper = config_.details().helper;
        if (!helper) {
            connector_ = wire::connector::start(*home_, config_, deadline(),
                                                [this](result<wire::established> made) { finish(std::move(made)); });
        } else {
            // Meanwhile the home executor has nothing to do, but must not run out of work.
            auto home = asio::prefer(*home_, asio::execution::outstanding_work.tracked);
            connector_ = wire::connector::start(helper, config_, deadline(), [this, home](result<wire::established> made) {
                auto shared = std::make_shared<result<wire::established>>(std::move(made));
                asio::post(home, [this, shared] { finish(std::move(*shared)); });
            });
        }
        if (cancelled_) {
            connector_->cancel();
        }
    }

    void finish(result<wire::established> made) {
        if (!made) {
            complete(std::move(made).error());
            return;
        }
        auto session = std::make_shared<wire::session>(*home_, std::move(made).value(), session_options_of(config_.details()));
        if (error failure = session->open(); failure) {
            complete(std::move(failure));
            return;
        }
        complete(detail::connection_access::make(std::move(session)));
    }

    connect_config config_;
    std::optional<asio::any_io_executor> executor_;
    std::shared_ptr<wire::connector> connector_;
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
