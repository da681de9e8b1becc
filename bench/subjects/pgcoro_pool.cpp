// SPDX-License-Identifier: BSL-1.0
// A pool of pgcoro: each statement borrows a connection.
#include "coroutines.hpp"

#include <pgcoro/pool.hpp>

namespace bench {
namespace {

pgcoro::pool_options of_size(int connections) {
    pgcoro::pool_options options;
    options.max_size = static_cast<std::size_t>(connections);
    return options;
}

class pgcoro_pool : public coroutines {
public:
    pgcoro_pool(const char* name, const pgcoro::connect_config& config, int connections, int in_flight)
        : coroutines(name_of(name, connections, in_flight), in_flight),
          db_(context_.get_executor(), config, of_size(connections)) {}

private:
    boost::asio::awaitable<void> ask_all(int) override { return ask(db_); }

    pgcoro::pool db_;
};

} // namespace

std::unique_ptr<subject> make_pool(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_pool>("pool", conninfo, connections, in_flight);
}

std::unique_ptr<subject> make_pool_observed(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_pool>("observed-pool", observed(conninfo), connections, in_flight);
}

} // namespace bench
