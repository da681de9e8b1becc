// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/coroutines.hpp"

#include <vector>

namespace bench::growth {
namespace {

class connections : public coroutines {
public:
    explicit connections(const std::string& conninfo) : coroutines("connections", 0), config_(conninfo) {}

    void run(std::size_t wanted) override {
        open_.reserve(wanted);
        start(open(wanted));
        run_until_done();
        for (auto& c : open_) {
            start(use(c));
        }
        run_until_done();
        open_.clear();
        accounts_.check();
    }

private:
    boost::asio::awaitable<void> ask_all(int) override { co_return; }

    boost::asio::awaitable<void> open(std::size_t wanted) {
        for (std::size_t i = 0; i != wanted; ++i) {
            auto opened = co_await pgcoro::connect(config_);
            open_.push_back(std::move(opened).value());
        }
    }

    boost::asio::awaitable<void> use(pgcoro::connection& c) {
        const auto balance = co_await c.fetch_one<std::int32_t>(balance_sql, accounts_.next());
        accounts_.got(balance.value());
        c.close();
    }

    pgcoro::connect_config config_;
    std::vector<pgcoro::connection> open_;
};

} // namespace

std::unique_ptr<subject> make_connections(const std::string& conninfo) { return std::make_unique<connections>(conninfo); }

} // namespace bench::growth
