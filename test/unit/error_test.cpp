// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/result.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace {

using namespace pgcoro::literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::result;
using pgcoro::sqlstate;

TEST(sqlstate, literal_names_and_text_agree) {
    EXPECT_EQ("23505"_sqlstate, sqlstate::unique_violation);
    EXPECT_EQ(to_string(sqlstate::unique_violation), "23505");
    EXPECT_EQ(condition_name(sqlstate::unique_violation), "unique_violation");
    EXPECT_EQ(to_string("P0042"_sqlstate), "P0042");
    EXPECT_TRUE(condition_name("P0042"_sqlstate).empty());
}

TEST(sqlstate, text_that_is_none_is_refused) {
    EXPECT_FALSE(pgcoro::parse_sqlstate("2350"));
    EXPECT_FALSE(pgcoro::parse_sqlstate("2350x"));
    EXPECT_FALSE(pgcoro::parse_sqlstate("235055"));
}

TEST(sqlstate, class_is_the_first_two_characters) {
    EXPECT_EQ(sqlstate_class(sqlstate::unique_violation), sqlstate::integrity_constraint_violation);
    EXPECT_EQ(sqlstate_class(sqlstate::serialization_failure), "40000"_sqlstate);
}

TEST(error, compares_with_sqlstate_errc_and_error_code) {
    EXPECT_TRUE(error(sqlstate::unique_violation) == sqlstate::unique_violation);
    EXPECT_FALSE(error(sqlstate::unique_violation) == sqlstate::check_violation);
    EXPECT_FALSE(error(errc::no_rows) == sqlstate::successful_completion && error(errc::no_rows) != errc::no_rows);
    EXPECT_TRUE(error(errc::no_rows) == errc::no_rows);
    EXPECT_EQ(error(errc::no_rows).sqlstate(), sqlstate::successful_completion);
}

TEST(error, is_safe_to_retry_when_nothing_was_sent_or_the_server_rolled_back) {
    EXPECT_TRUE(error(sqlstate::serialization_failure).safe_to_retry());
    EXPECT_TRUE(error(sqlstate::deadlock_detected).safe_to_retry());
    EXPECT_TRUE(error(errc::connection_lost).with(error::nothing_sent).safe_to_retry());
    EXPECT_FALSE(error(errc::connection_lost).safe_to_retry());
    EXPECT_TRUE(error(errc::overloaded).with(error::nothing_sent).safe_to_retry());
    EXPECT_TRUE(error(errc::connection_lost).with(error::in_doubt).outcome_unknown());
}

TEST(error, of_a_request_that_was_refused_is_not_safe_to_retry_for_it_would_be_refused_again) {
    for (const errc why :
         {errc::invalid_text, errc::value_out_of_range, errc::too_many_parameters, errc::not_multiplexable, errc::stream_open,
          errc::transaction_open, errc::transaction_over, errc::no_such_column, errc::unknown_type}) {
        EXPECT_FALSE(error(why).with(error::nothing_sent).safe_to_retry()) << error(why);
        EXPECT_TRUE(error(why).with(error::not_done).safe_to_retry()) << error(why);
    }
}

TEST(error, of_a_cursor_that_is_closed_is_not_safe_to_retry) {
    EXPECT_FALSE(error(sqlstate::invalid_cursor_name).with(error::nothing_sent).safe_to_retry());
    EXPECT_FALSE(error(sqlstate::invalid_name).with(error::nothing_sent).safe_to_retry());
}

TEST(error, with_an_item_is_the_same_error_about_that_item) {
    const auto plain = error(errc::value_out_of_range, "too far").with(error::nothing_sent);
    const auto located = plain.with_item(0);
    EXPECT_EQ(plain.item(), std::nullopt);
    EXPECT_EQ(located.item(), 0u);
    EXPECT_EQ(located, errc::value_out_of_range);
    EXPECT_EQ(located.message(), "too far");
    EXPECT_TRUE(located.is(error::nothing_sent));
    EXPECT_EQ(located.describe(), "too far\n  item: 0");
    EXPECT_EQ(error(sqlstate::unique_violation).with_item(7).item(), 7u);
    EXPECT_EQ(error(sqlstate::unique_violation).with_item(7), sqlstate::unique_violation);
}

TEST(result, default_constructed_holds_operation_aborted) {
    result<int> r;
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().code(), boost::system::errc::operation_canceled);
}

TEST(result, with_a_value_has_an_empty_error) {
    const result<int> r = 5;
    EXPECT_FALSE(r.error());
    EXPECT_FALSE(r.error() == errc::timed_out);
    EXPECT_FALSE(result<std::string>("text").error());
    EXPECT_FALSE(result<>(pgcoro::success()).error());
    EXPECT_EQ(result<int>(errc::no_rows).error(), errc::no_rows);
}

TEST(result, value_throws_an_exception_with_the_error) {
    result<int> r = errc::no_rows;
    try {
        (void)r.value();
        FAIL() << "nothing was thrown";
    } catch (const pgcoro::exception& e) {
        EXPECT_EQ(e.error().code(), errc::no_rows);
    }
}

TEST(error, a_message_is_one_line_whatever_it_was_made_of) {
    const error e(errc::connection_lost, "the line was cut\n\tThis probably means\r\n\tsomething.\n");
    EXPECT_EQ(e.message(), "the line was cut This probably means something.");
    EXPECT_NE(e.describe().find("cut\n\tThis"), std::string::npos);
    EXPECT_EQ(std::string(pgcoro::exception(e).what()), e.message());
}

} // namespace
