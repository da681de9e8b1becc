// SPDX-License-Identifier: BSL-1.0
// A thousand rows with pgcoro: fetch<item> or fetch<document>, and nothing else.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types/numeric.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace bench {
namespace {

namespace asio = boost::asio;

struct document {
    pgcoro::numeric price;
    boost::uuids::uuid id;
    std::vector<std::int32_t> tags;
    std::string content;
};

void check(const std::vector<document>& all) {
    const auto view = [](const document& d) {
        return document_view{d.price.to_double(), {d.id.begin(), d.id.size()}, d.tags, d.content};
    };
    bench::check(all.size(), view(all.front()), view(all.back()));
}

template <class Row, const auto& Sql>
class pgcoro_rows : public subject {
public:
    pgcoro_rows(std::string name, const std::string& conninfo) : subject(std::move(name)) { finish(open(conninfo)); }

    void run(std::size_t queries) override { finish(ask(queries)); }

private:
    asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connection_ = std::move(connection).value();
    }

    asio::awaitable<void> ask(std::size_t queries) {
        for (; queries != 0; --queries) {
            const auto rows = co_await connection_->fetch<Row>(Sql);
            check(rows.value());
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

std::unique_ptr<subject> make_pgcoro_rows(const std::string& conninfo) {
    return std::make_unique<pgcoro_rows<item, items_sql>>("pgcoro-rows", conninfo);
}

std::unique_ptr<subject> make_pgcoro_documents(const std::string& conninfo) {
    return std::make_unique<pgcoro_rows<document, documents_sql>>("pgcoro-documents", conninfo);
}

} // namespace bench
