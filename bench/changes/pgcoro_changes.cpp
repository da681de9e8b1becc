// SPDX-License-Identifier: BSL-1.0
#include "changes.hpp"

#include <pgcoro/replication.hpp>
#include <pgcoro/run.hpp>
#include <pgcoro/types.hpp>

#include <boost/asio/this_coro.hpp>

#include <stdexcept>
#include <variant>

namespace bench {
namespace {

class pgcoro_changes final : public subject {
public:
    explicit pgcoro_changes(std::string conninfo) : subject("pgcoro-changes"), conninfo_(std::move(conninfo)) {}

    void run(std::size_t rows) override { pgcoro::run(read(rows)).value(); }

private:
    pgcoro::task<> read(std::size_t rows) {
        const auto executor = co_await boost::asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(executor, conninfo_));
        pgcoro::replication_options options;
        options.publications.emplace_back("bench");
        options.backoff.initial = std::chrono::milliseconds(1);
        BOOST_OUTCOME_CO_TRY(auto stream, co_await c.start("bench", options));
        seen_ = 0;
        sum_ = 0;
        while (seen_ < rows) {
            BOOST_OUTCOME_CO_TRY(const auto event, co_await stream.next());
            BOOST_OUTCOME_CO_TRY(take(event));
            while (seen_ < rows) {
                const auto more = stream.try_next();
                if (!more) {
                    break;
                }
                BOOST_OUTCOME_CO_TRY(take(*more));
            }
        }
        stream.close();
        const auto count = static_cast<std::int64_t>(rows);
        if (sum_ != count * (count + 1) / 2) {
            throw std::runtime_error("the rows are other ones");
        }
        co_return pgcoro::success();
    }

    pgcoro::result<> take(const pgcoro::replication::event& event) {
        if (const auto* i = std::get_if<pgcoro::replication::insert>(&event)) {
            BOOST_OUTCOME_TRY(const auto row, i->row.as<changed>());
            sum_ += row.id;
            ++seen_;
        }
        return pgcoro::success();
    }

    std::string conninfo_;
    std::size_t seen_ = 0;
    std::int64_t sum_ = 0;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_changes(const std::string& conninfo) { return std::make_unique<pgcoro_changes>(conninfo); }

} // namespace bench
