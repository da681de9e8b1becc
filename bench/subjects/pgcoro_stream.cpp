// SPDX-License-Identifier: BSL-1.0
// Any number of rows with pgcoro, while the server sends them: in chunks, or one by one.
#include "one_connection.hpp"
#include "read_chunks.hpp"
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_stream : public one_connection {
public:
    pgcoro_stream(std::string name, const std::string& conninfo, bool one_by_one)
        : one_connection(std::move(name), conninfo), one_by_one_(one_by_one) {}

    void run(std::size_t rows) override { finish(one_by_one_ ? read_rows(rows) : read_chunks(rows)); }

private:
    asio::awaitable<void> read_chunks(std::size_t rows) {
        auto opened = co_await connection().stream<item>(pgcoro::unchecked_sql(many_items_sql(rows)));
        co_await read_chunks_of(opened.value(), rows);
    }

    asio::awaitable<void> read_rows(std::size_t rows) {
        auto opened = co_await connection().stream<item>(pgcoro::unchecked_sql(many_items_sql(rows)));
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
