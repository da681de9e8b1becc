// SPDX-License-Identifier: BSL-1.0
// A thousand rows with pgcoro: fetch<item>, and nothing else.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_rows : public subject {
public:
    explicit pgcoro_rows(const std::string& conninfo) : subject("pgcoro-rows") { finish(open(conninfo)); }

    void run(std::size_t queries) override { finish(ask(queries)); }

private:
    asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connection_ = std::move(connection).value();
    }

    asio::awaitable<void> ask(std::size_t queries) {
        for (; queries != 0; --queries) {
            const auto items = co_await connection_->fetch<item>(items_sql);
            check(items.value());
        }
    }

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
    std::optional<pgcoro::connection> connection_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_rows(const std::string& conninfo) { return std::make_unique<pgcoro_rows>(conninfo); }

} // namespace bench
