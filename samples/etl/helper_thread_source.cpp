// SPDX-License-Identifier: BSL-1.0
#include "helper_thread_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace etl {
namespace {

namespace asio = boost::asio;

pgcoro::task<std::vector<std::string>> open_here(reader& r) { co_return r.open(); }
pgcoro::task<batch> read_here(reader& r) { co_return r.read(); }

} // namespace

pgcoro::task<std::vector<std::string>> helper_thread_source::open() {
    co_return co_await asio::co_spawn(helper_.get_executor(), open_here(*reader_), asio::use_awaitable);
}

pgcoro::task<batch> helper_thread_source::read() {
    co_return co_await asio::co_spawn(helper_.get_executor(), read_here(*reader_), asio::use_awaitable);
}

} // namespace etl
