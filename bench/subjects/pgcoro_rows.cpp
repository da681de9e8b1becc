// SPDX-License-Identifier: BSL-1.0
// A thousand rows with pgcoro: fetch<item> or fetch<document>, and nothing else.
#include "one_connection.hpp"
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types/numeric.hpp>

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
class pgcoro_rows : public one_connection {
public:
    pgcoro_rows(std::string name, const std::string& conninfo) : one_connection(std::move(name), conninfo) {}

    void run(std::size_t queries) override { finish(ask(queries)); }

private:
    asio::awaitable<void> ask(std::size_t queries) {
        for (; queries != 0; --queries) {
            const auto rows = co_await connection().fetch<Row>(Sql);
            check(rows.value());
        }
    }
};

} // namespace

std::unique_ptr<subject> make_pgcoro_rows(const std::string& conninfo) {
    return std::make_unique<pgcoro_rows<item, items_sql>>("pgcoro-rows", conninfo);
}

std::unique_ptr<subject> make_pgcoro_documents(const std::string& conninfo) {
    return std::make_unique<pgcoro_rows<document, documents_sql>>("pgcoro-documents", conninfo);
}

} // namespace bench
