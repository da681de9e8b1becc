// SPDX-License-Identifier: BSL-1.0
// Which errors are about a statement, and which about the server or the way to it.
#include "failure.hpp"
#include "table_copy.hpp"

#include <pgcoro/errc.hpp>

#include <gtest/gtest.h>

namespace migrate {
namespace {

using pgcoro::sqlstate;

TEST(failure, a_statement_is_refused_if_the_server_works) {
    for (const sqlstate state : {sqlstate::undefined_object, sqlstate::syntax_error, sqlstate::insufficient_privilege,
                                 sqlstate::feature_not_supported, sqlstate::undefined_file, sqlstate::duplicate_object}) {
        EXPECT_TRUE(is_refusal(state)) << to_string(state);
    }
    for (const sqlstate state :
         {sqlstate::connection_failure, sqlstate::deadlock_detected, sqlstate::out_of_memory, sqlstate::disk_full,
          sqlstate::query_canceled, sqlstate::admin_shutdown, sqlstate::io_error, sqlstate::read_only_sql_transaction}) {
        EXPECT_FALSE(is_refusal(state)) << to_string(state);
    }
    EXPECT_FALSE(is_refusal(pgcoro::errc::connection_lost));
}

TEST(failure, a_place_keeps_what_is_known_of_an_error) {
    const pgcoro::error lost = pgcoro::error(pgcoro::errc::connection_lost).with(pgcoro::error::lost);

    const auto placed = at("table t", lost.with(pgcoro::error::in_doubt));

    EXPECT_EQ(placed, pgcoro::errc::connection_lost);
    EXPECT_TRUE(placed.connection_lost() && placed.outcome_unknown());
    EXPECT_TRUE(placed.message().starts_with("table t: ")) << placed.message();
}

} // namespace
} // namespace migrate
