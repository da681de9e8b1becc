// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

namespace bench {
namespace {

pgcoro::testing::ephemeral_server start() {
    pgcoro::testing::server_options options;
    // Nothing of this is what we measure: let it not get in the way.
    options.settings = {{"autovacuum", "off"}, {"jit", "off"}, {"shared_buffers", "128MB"}};
    return pgcoro::testing::ephemeral_server::create(options).value();
}

} // namespace

server::server() : server_(start()), unix_(server_.dsn()), tcp_(server_.tcp_dsn()) {}

} // namespace bench
