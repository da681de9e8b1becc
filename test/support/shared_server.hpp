// SPDX-License-Identifier: BSL-1.0
// One server for all tests of an executable.
#pragma once

#include <pgcoro/testing/ephemeral_server.hpp>

namespace pgcoro::test {

/// Started by the first test that asks, ended after the last one. Tests that stop it, pause it or need other settings make
/// their own. Throws `pgcoro::exception` when there is no server, which fails the test that asked.
testing::ephemeral_server& shared_server();

} // namespace pgcoro::test
