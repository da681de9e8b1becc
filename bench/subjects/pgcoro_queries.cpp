// SPDX-License-Identifier: BSL-1.0
// pgcoro as its users write it, over one connection or several.
#include "coroutines.hpp"

namespace bench {
namespace {

class pgcoro_queries : public coroutines {
public:
    pgcoro_queries(const char* name, const pgcoro::connect_config& config, int connections, int in_flight)
        : coroutines(name_of(name, connections, in_flight), in_flight) {
        for (int i = 0; i != connections; ++i) {
            start(open(config));
            run_until_done();
        }
    }

private:
    boost::asio::awaitable<void> open(pgcoro::connect_config config) {
        auto connection = co_await pgcoro::connect(config);
        connections_.push_back(std::move(connection).value());
    }

    boost::asio::awaitable<void> ask_all(int number) override {
        return ask(connections_[static_cast<std::size_t>(number) % connections_.size()]);
    }

    std::vector<pgcoro::connection> connections_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_queries>("pgcoro", conninfo, connections, in_flight);
}

std::unique_ptr<subject> make_pgcoro_observed(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_queries>("observed", observed(conninfo), connections, in_flight);
}

} // namespace bench
