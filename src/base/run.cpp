// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace pgcoro::detail {

void run_until_done(boost::asio::awaitable<void> main) {
    std::exception_ptr thrown;
    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, std::move(main), [&](std::exception_ptr e) {
        thrown = e;
        loop.stop();
    });
    loop.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

} // namespace pgcoro::detail
