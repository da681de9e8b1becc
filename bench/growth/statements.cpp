// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/one_connection.hpp"

#include <pgcoro/pgcoro.hpp>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace bench::growth {
namespace {

/// A connection that keeps all statements it has prepared, and executes each three times, the others in between.
class statements : public subject {
public:
    explicit statements(std::string conninfo) : subject("prepared statements"), conninfo_(std::move(conninfo)) {}

    void run(std::size_t wanted) override {
        for (std::size_t i = texts_.size(); i < wanted; ++i) {
            texts_.push_back(pgcoro::unchecked_sql::kept("select $1::int4 + " + std::to_string(i)));
        }
        session s(conninfo_, wanted);
        s.execute(std::span(texts_).first(wanted));
    }

private:
    class session : one_connection {
    public:
        session(const std::string& conninfo, std::size_t size)
            : one_connection("", pgcoro::connect_config(conninfo).statement_cache_size(size)) {}
        void run(std::size_t) override {}
        void execute(std::span<const pgcoro::unchecked_sql> texts) { finish(execute_all(texts)); }

    private:
        boost::asio::awaitable<void> execute_all(std::span<const pgcoro::unchecked_sql> texts) {
            for (int times = 0; times != 3; ++times) {
                for (std::size_t i = 0; i != texts.size(); ++i) {
                    auto got = co_await connection().fetch_one<std::int32_t>(texts[i], 1);
                    if (static_cast<std::size_t>(got.value()) != i + 1) {
                        throw std::runtime_error("another statement was executed");
                    }
                }
            }
        }
    };

    std::string conninfo_;
    std::vector<pgcoro::unchecked_sql> texts_;
};

} // namespace

std::unique_ptr<subject> make_statements(const std::string& conninfo) { return std::make_unique<statements>(conninfo); }

} // namespace bench::growth
