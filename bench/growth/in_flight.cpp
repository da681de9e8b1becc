// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/coroutines.hpp"

#include <optional>

namespace bench::growth {
namespace {

class in_flight : public coroutines {
public:
    explicit in_flight(const std::string& conninfo) : coroutines("statements in flight", 0) {
        start(open(conninfo));
        run_until_done();
    }

    void run(std::size_t wanted) override {
        for (std::size_t i = 0; i != wanted; ++i) {
            start(ask_all(0));
        }
        run_until_done();
        accounts_.check();
    }

private:
    boost::asio::awaitable<void> open(std::string conninfo) {
        auto opened = co_await pgcoro::connect(conninfo);
        db_ = std::move(opened).value();
    }

    boost::asio::awaitable<void> ask_all(int) override {
        const auto balance = co_await db_->fetch_one<std::int32_t>(balance_sql, accounts_.next());
        accounts_.got(balance.value());
    }

    std::optional<pgcoro::connection> db_;
};

} // namespace

std::unique_ptr<subject> make_in_flight(const std::string& conninfo) { return std::make_unique<in_flight>(conninfo); }

} // namespace bench::growth
