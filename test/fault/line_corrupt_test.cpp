// SPDX-License-Identifier: BSL-1.0
// One bit is wrong. The protocol has no checksum: without TLS it may be believed, and nothing worse.
#include "line_fixture.hpp"

namespace {

using pgcoro::test::mishap;

class corrupted : public pgcoro::test::failing_line {};

TEST_F(corrupted, with_tls_no_wrong_value_gets_through) { run_login(mishap::corrupt, 11); }
TEST_F(corrupted, insert_crashes_and_hangs_nobody) { run_insert(mishap::corrupt, 3); }
TEST_F(corrupted, transaction_crashes_and_hangs_nobody) { run_transaction(mishap::corrupt, 7); }
TEST_F(corrupted, execute_many_crashes_and_hangs_nobody) { run_many(mishap::corrupt, 11); }

} // namespace
