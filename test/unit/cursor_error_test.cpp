// SPDX-License-Identifier: BSL-1.0
#include "transaction/cursor_error.hpp"

#include <pgcoro/detail/error_details.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace {

using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::detail::cursor_facts;
using pgcoro::detail::error_details;
using pgcoro::detail::explain_cursor_error;

const cursor_facts facts = {.query = "select x",
                            .prefix = 32,
                            .declaration = "declare c no scroll cursor for  select x",
                            .command = "fetch 10 from c",
                            .outlived_transaction = false};

error server_error(sqlstate state, std::string_view statement, std::string_view routine = "", int position = 0) {
    auto d = std::make_unique<error_details>();
    d->code = make_error_code(state);
    d->message = "what the server says";
    d->severity = "ERROR";
    d->statement = statement;
    d->routine = routine;
    d->position = position;
    return error(boost::intrusive_ptr<const error_details>(d.release()));
}

TEST(an_error_of_a_cursor, has_the_users_query_and_the_position_in_it) {
    const auto e = explain_cursor_error(server_error(sqlstate::undefined_column, facts.declaration, "", 40), facts);
    EXPECT_EQ(e, sqlstate::undefined_column);
    EXPECT_EQ(e.statement(), "select x");
    EXPECT_EQ(e.position(), 8);
    EXPECT_EQ(e.message(), "what the server says");
    EXPECT_EQ(e.hint(), "");
}

TEST(an_error_of_a_cursor, has_no_position_if_that_is_not_in_the_query) {
    EXPECT_EQ(explain_cursor_error(server_error(sqlstate::syntax_error, facts.declaration, "", 9), facts).position(), 0);
    EXPECT_EQ(explain_cursor_error(server_error(sqlstate::syntax_error, facts.command, "", 40), facts).position(), 0);
}

TEST(an_error_of_a_cursor, is_left_alone_if_it_is_of_another_statement_or_of_none) {
    EXPECT_EQ(explain_cursor_error(server_error(sqlstate::syntax_error, "begin", "", 3), facts).statement(), "begin");
    const auto lost = explain_cursor_error(error(pgcoro::errc::connection_lost).with(error::lost), facts);
    EXPECT_EQ(lost, pgcoro::errc::connection_lost);
    EXPECT_TRUE(lost.connection_lost());
}

TEST(an_error_of_a_cursor, keeps_the_facts_about_its_outcome) {
    const auto e = server_error(sqlstate::admin_shutdown, facts.command).with(error::not_done);
    EXPECT_TRUE(explain_cursor_error(e, facts).safe_to_retry());
}

TEST(an_error_of_a_cursor, says_what_has_closed_it) {
    const auto gone = server_error(sqlstate::invalid_cursor_name, facts.command, "PerformPortalFetch");
    const auto e = explain_cursor_error(gone, facts);
    EXPECT_EQ(e, sqlstate::invalid_cursor_name);
    EXPECT_NE(e.message().find("savepoint"), std::string::npos);
    EXPECT_NE(e.hint(), "");
    auto outlived = facts;
    outlived.outlived_transaction = true;
    EXPECT_NE(explain_cursor_error(gone, outlived).message().find("was rolled back"), std::string::npos);
}

TEST(an_error_of_a_cursor, says_that_a_fetch_has_failed_before) {
    const auto e = server_error(sqlstate::object_not_in_prerequisite_state, facts.command, "MarkPortalActive");
    EXPECT_NE(explain_cursor_error(e, facts).message().find("earlier FETCH"), std::string::npos);
}

TEST(an_error_of_a_cursor, is_not_explained_if_a_function_of_the_query_has_raised_it) {
    const auto e = server_error(sqlstate::object_not_in_prerequisite_state, facts.command, "currval_oid");
    EXPECT_EQ(explain_cursor_error(e, facts).message(), "what the server says");
}

TEST(an_error_of_a_cursor, says_what_is_a_query) {
    auto insert = facts;
    insert.query = "insert into t values (1)";
    const auto e = server_error(sqlstate::syntax_error, facts.declaration, "scanner_yyerror", 33);
    EXPECT_NE(explain_cursor_error(e, insert).hint(), "");
    EXPECT_EQ(explain_cursor_error(e, facts).hint(), "");
}

} // namespace
