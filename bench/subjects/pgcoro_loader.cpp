// SPDX-License-Identifier: BSL-1.0
// pgcoro's batch loader: the coroutines ask one by one, and one connection carries what they ask together.
#include "coroutines.hpp"

#include <pgcoro/batch_loader.hpp>

#include <cstdint>
#include <optional>

namespace bench {
namespace {

class pgcoro_loader : public coroutines {
public:
    pgcoro_loader(const std::string& conninfo, int in_flight) : coroutines(name_of("pgcoro-loader", 1, in_flight), in_flight) {
        start(open(conninfo));
        run_until_done();
    }

private:
    using loader = pgcoro::batch_loader<std::int32_t, std::int32_t>;

    boost::asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connection_ = std::move(connection).value();
        balances_ = loader(connection_, "select aid, abalance from pgbench_accounts where aid = any($1)");
    }

    boost::asio::awaitable<void> ask_all(int) override {
        while (to_send_ != 0) {
            --to_send_;
            const auto balance = co_await balances_->load(accounts_.next());
            accounts_.got(balance.value().value());
        }
    }

    pgcoro::connection connection_;
    std::optional<loader> balances_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_loader(const std::string& conninfo, int in_flight) {
    return std::make_unique<pgcoro_loader>(conninfo, in_flight);
}

} // namespace bench
