// SPDX-License-Identifier: BSL-1.0
// The line fails while statements are on their way: what their clients are told is true.
#include "line_fixture.hpp"

namespace {

using pgcoro::test::mishap;

class failing_work : public pgcoro::test::failing_line {};

TEST_F(failing_work, a_cut_insert_is_reported_truly) { run_insert(mishap::cut, 3); }
TEST_F(failing_work, a_reset_insert_is_reported_truly) { run_insert(mishap::reset, 5); }
TEST_F(failing_work, a_half_open_insert_is_reported_truly) { run_insert(mishap::half_open, 7); }

TEST_F(failing_work, a_cut_transaction_is_reported_truly) { run_transaction(mishap::cut, 5); }
TEST_F(failing_work, a_reset_transaction_is_reported_truly) { run_transaction(mishap::reset, 7); }
TEST_F(failing_work, a_half_open_transaction_is_reported_truly) { run_transaction(mishap::half_open, 11); }

TEST_F(failing_work, cut_execute_many_is_all_or_nothing_and_reported_truly) { run_many(mishap::cut, 13); }
TEST_F(failing_work, reset_execute_many_is_all_or_nothing_and_reported_truly) { run_many(mishap::reset, 23); }
TEST_F(failing_work, half_open_execute_many_is_all_or_nothing_and_reported_truly) { run_many(mishap::half_open, 37); }

} // namespace
