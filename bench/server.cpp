// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

namespace bench {
namespace {

pgcoro::testing::ephemeral_server start(const server::settings& wanted) {
    pgcoro::testing::server_options options;
    // Nothing of this is what we measure: let it not get in the way.
    options.settings = {{"autovacuum", "off"}, {"jit", "off"}, {"shared_buffers", "128MB"}};
    options.settings.insert(wanted.begin(), wanted.end());
    return pgcoro::testing::ephemeral_server::create(options).value();
}

} // namespace

server::server(const settings& wanted) : server_(start(wanted)), unix_(server_.dsn()), tcp_(server_.tcp_dsn()) {}

} // namespace bench
