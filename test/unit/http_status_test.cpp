// SPDX-License-Identifier: BSL-1.0
// The HTTP status of each kind of error: the table of docs/http.md, row by row.
#include <pgcoro/http_status.hpp>

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

#include <string>

namespace {

using namespace pgcoro::literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::http_repeat;
using pgcoro::http_status;
using pgcoro::sqlstate;

int code(const error& why, http_repeat repeat = http_repeat::harmful) { return http_status(why, repeat).code; }
error unsent(const error& why) { return why.with(error::nothing_sent); }

TEST(http_status, no_error_is_200) {
    EXPECT_EQ(code(error()), 200);
    EXPECT_FALSE(http_status(error()).retry_after);
}

TEST(http_status, a_conflict_with_other_rows_is_409) {
    EXPECT_EQ(code(sqlstate::unique_violation), 409);
    EXPECT_EQ(code(sqlstate::foreign_key_violation), 409);
    EXPECT_EQ(code(sqlstate::exclusion_violation), 409);
    EXPECT_EQ(code(sqlstate::restrict_violation), 409);
    EXPECT_EQ(code(sqlstate::integrity_constraint_violation), 409);
}

TEST(http_status, a_value_that_is_not_allowed_is_422) {
    EXPECT_EQ(code(sqlstate::check_violation), 422);
    EXPECT_EQ(code(sqlstate::not_null_violation), 422);
    EXPECT_EQ(code(sqlstate::with_check_option_violation), 422);
    EXPECT_EQ(code(sqlstate::numeric_value_out_of_range), 422);
    EXPECT_EQ(code(sqlstate::invalid_text_representation), 422);
    EXPECT_EQ(code(unsent(errc::invalid_text)), 422);
    EXPECT_EQ(code(unsent(errc::value_too_large)), 422);
}

TEST(http_status, a_number_out_of_range_is_the_clients_only_if_it_was_a_parameter) {
    EXPECT_EQ(code(unsent(errc::value_out_of_range)), 422);
    EXPECT_EQ(code(errc::value_out_of_range), 500);
}

TEST(http_status, a_missing_row_is_404) { EXPECT_EQ(code(errc::no_rows), 404); }

TEST(http_status, a_missing_privilege_is_403) { EXPECT_EQ(code(sqlstate::insufficient_privilege), 403); }

TEST(http_status, what_may_be_tried_again_is_503_with_retry_after) {
    for (const error& why :
         {error(sqlstate::serialization_failure), error(sqlstate::deadlock_detected), unsent(errc::connection_lost),
          unsent(errc::pool_exhausted), unsent(errc::pool_closed), unsent(errc::overloaded), unsent(errc::connect_failed),
          unsent(errc::certificate_invalid), unsent(errc::authentication_failed),
          unsent(boost::system::error_code(boost::asio::error::connection_refused))}) {
        const auto status = http_status(why);
        EXPECT_EQ(status.code, 503) << why;
        ASSERT_TRUE(status.retry_after) << why;
        EXPECT_GT(status.retry_after->count(), 0) << why;
    }
}

TEST(http_status, a_state_of_the_server_that_passes_is_503_with_retry_after) {
    for (const sqlstate state : {sqlstate::too_many_connections, sqlstate::disk_full, sqlstate::lock_not_available,
                                 sqlstate::cannot_connect_now, sqlstate::read_only_sql_transaction}) {
        EXPECT_EQ(code(state), 503) << to_string(state);
        EXPECT_TRUE(http_status(state).retry_after) << to_string(state);
    }
}

TEST(http_status, a_statement_that_can_never_be_sent_is_not_to_be_repeated) {
    for (const errc why : {errc::type_mismatch, errc::too_many_parameters, errc::parameter_count_mismatch,
                           errc::not_multiplexable, errc::stream_open, errc::transaction_open, errc::invalid_configuration}) {
        EXPECT_EQ(code(unsent(why)), 500) << error(why);
        EXPECT_FALSE(http_status(unsent(why)).retry_after) << error(why);
    }
}

TEST(http_status, a_deadline_while_the_server_was_at_work_is_504) {
    EXPECT_EQ(code(errc::timed_out), 504);
    EXPECT_EQ(code(error(errc::timed_out).with(error::in_doubt)), 504);
    EXPECT_EQ(code(sqlstate::query_canceled), 504);
    EXPECT_FALSE(http_status(errc::timed_out).retry_after);
}

TEST(http_status, a_deadline_before_anything_was_sent_is_503) {
    EXPECT_EQ(code(unsent(errc::timed_out)), 503);
    EXPECT_TRUE(http_status(unsent(errc::timed_out)).retry_after);
}

TEST(http_status, a_lost_connection_is_503_only_if_the_request_may_be_repeated) {
    const error lost = error(errc::connection_lost).with(error::in_doubt);
    EXPECT_EQ(code(lost), 500);
    EXPECT_EQ(code(lost, http_repeat::harmless), 503);
    EXPECT_TRUE(http_status(lost, http_repeat::harmless).retry_after);
}

TEST(http_status, an_unknown_outcome_is_told_as_one) {
    const error lost = error(errc::connection_lost).with(error::in_doubt);
    EXPECT_NE(http_status(lost).title, http_status(errc::connection_lost).title);
    for (const sqlstate state : {sqlstate::disk_full, sqlstate::lock_not_available, sqlstate::serialization_failure}) {
        const error half = error(state).with(error::in_doubt);
        EXPECT_EQ(code(half), 500) << to_string(state);
        EXPECT_EQ(http_status(half).title, http_status(lost).title) << to_string(state);
        EXPECT_FALSE(http_status(half).retry_after) << to_string(state);
    }
}

TEST(http_status, everything_else_is_500) {
    EXPECT_EQ(code(sqlstate::undefined_table), 500);
    EXPECT_EQ(code(sqlstate::syntax_error), 500);
    EXPECT_EQ(code(sqlstate::raise_exception), 500);
    EXPECT_EQ(code(sqlstate::invalid_password), 500);
    EXPECT_EQ(code("P0042"_sqlstate), 500);
    EXPECT_EQ(code(errc::too_many_rows), 500);
    EXPECT_EQ(code(errc::unexpected_null), 500);
    EXPECT_EQ(code(boost::system::error_code(boost::asio::error::operation_aborted)), 500);
}

TEST(http_status, nothing_of_the_servers_is_in_the_title) {
    const auto words = [](errc e) { return error(e, "relation \"secret_salaries\" of host db7"); };
    for (const error& why : {words(errc::connection_lost), words(errc::timed_out), unsent(words(errc::connect_failed)),
                             words(errc::no_rows), unsent(words(errc::value_too_large)), words(errc::malformed_value)}) {
        EXPECT_EQ(std::string(http_status(why).title).find("secret"), std::string::npos) << why;
        EXPECT_FALSE(http_status(why).title.empty()) << why;
    }
}

} // namespace
