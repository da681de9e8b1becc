// SPDX-License-Identifier: BSL-1.0
// Any number of rows with pgcoro, while the server sends them: in chunks, or one by one.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_stream : public subject {
public:
    pgcoro_stream(std::string name, const std::string& conninfo, bool one_by_one)
        : subject(std::move(name)), one_by_one_(one_by_one) {
        finish(open(conninfo));
    }

    void run(std::size_t rows) override { finish(one_by_one_ ? read_rows(rows) : read_chunks(rows)); }

private:
    asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connection_ = std::move(connection).value();
    }

    asio::awaitable<void> read_chunks(std::size_t rows) {
        auto opened = co_await connection_->stream<item>(stream_sql, static_cast<std::int64_t>(rows));
        auto& stream = opened.value();
        stream_check seen;
        for (;;) {
            auto got = co_await stream.next_chunk();
            const auto chunk = got.value();
            if (chunk.empty()) {
                break;
            }
            for (const item& i : chunk) {
                seen.add(i);
            }
        }
        seen.expect(rows);
    }

    asio::awaitable<void> read_rows(std::size_t rows) {
        auto opened = co_await connection_->stream<item>(stream_sql, static_cast<std::int64_t>(rows));
        auto& stream = opened.value();
        stream_check seen;
        for (;;) {
            auto got = co_await stream.next();
            if (!got.value()) {
                break;
            }
            seen.add(*got.value());
        }
        seen.expect(rows);
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
    bool one_by_one_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_stream(const std::string& conninfo) {
    return std::make_unique<pgcoro_stream>("pgcoro-stream", conninfo, false);
}

std::unique_ptr<subject> make_pgcoro_stream_next(const std::string& conninfo) {
    return std::make_unique<pgcoro_stream>("pgcoro-stream-next", conninfo, true);
}

} // namespace bench
