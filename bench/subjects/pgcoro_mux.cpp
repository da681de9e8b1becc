// SPDX-License-Identifier: BSL-1.0
// pgcoro's multiplexer: the coroutines know of no connection.
#include "coroutines.hpp"

#include <pgcoro/multiplexer.hpp>

namespace bench {
namespace {

pgcoro::multiplexer_options with_lanes(int lanes) {
    pgcoro::multiplexer_options options;
    options.lanes = static_cast<std::size_t>(lanes);
    return options;
}

class pgcoro_mux : public coroutines {
public:
    pgcoro_mux(const std::string& conninfo, int lanes, int in_flight)
        : coroutines(name_of("pgcoro-mux", lanes, in_flight), in_flight),
          bank_(context_.get_executor(), conninfo, with_lanes(lanes)) {
        start(open());
        run_until_done();
    }

private:
    boost::asio::awaitable<void> open() {
        const auto opened = co_await bank_.open();
        opened.value();
    }

    boost::asio::awaitable<void> ask_all(int) override { return ask(bank_); }

    pgcoro::multiplexer bank_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_mux(const std::string& conninfo, int lanes, int in_flight) {
    return std::make_unique<pgcoro_mux>(conninfo, lanes, in_flight);
}

} // namespace bench
