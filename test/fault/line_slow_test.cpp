// SPDX-License-Identifier: BSL-1.0
// The same at every byte.
#include "line_fixture.hpp"

namespace {

using pgcoro::test::mishap;

class slow_line : public pgcoro::test::failing_line, public testing::WithParamInterface<mishap> {};

TEST_P(slow_line, at_every_byte_of_the_login) { run_login(GetParam(), 1); }
TEST_P(slow_line, at_every_byte_of_an_insert) { run_insert(GetParam(), 1); }
TEST_P(slow_line, at_every_byte_of_a_transaction) { run_transaction(GetParam(), 1); }
TEST_P(slow_line, at_every_byte_of_execute_many) { run_many(GetParam(), 1); }

INSTANTIATE_TEST_SUITE_P(slow, slow_line, testing::Values(mishap::cut, mishap::reset, mishap::half_open, mishap::corrupt));

} // namespace
