// SPDX-License-Identifier: BSL-1.0
// The line fails while a session is begun, with TLS and SCRAM, and right after.
#include "line_fixture.hpp"

namespace {

using pgcoro::test::mishap;

class failing_login : public pgcoro::test::failing_line {};

TEST_F(failing_login, cut_anywhere_gives_an_error_that_is_no_timeout) { run_login(mishap::cut, 23); }
TEST_F(failing_login, reset_anywhere_gives_an_error_that_is_no_timeout) { run_login(mishap::reset, 37); }
TEST_F(failing_login, half_open_anywhere_ends_at_the_deadline) { run_login(mishap::half_open, 61); }

} // namespace
