// SPDX-License-Identifier: BSL-1.0
// What becomes a label, and how many.
#include "observers/error_type.hpp"
#include "observers/operation_name.hpp"
#include "prometheus/bounded_list.hpp"
#include "prometheus/error_table.hpp"
#include "prometheus/label_text.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace pgcoro::prometheus;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::detail::batch_of;
using pgcoro::detail::command_of;
using pgcoro::detail::error_type;
using pgcoro::detail::name_of;

TEST(metric_labels, a_command_is_one_of_postgresql) {
    EXPECT_EQ(command_of("select 1"), "SELECT");
    EXPECT_EQ(command_of("  -- a comment\n/* and /* another */ */ InSeRt into t values (1)"), "INSERT");
    EXPECT_EQ(command_of("(select 1) union (select 2)"), "SELECT");
    EXPECT_EQ(command_of("with w as (select 1) delete from t"), "WITH");
    EXPECT_EQ(command_of("abort"), "ABORT");
    EXPECT_EQ(command_of("WITH"), "WITH");
}

TEST(metric_labels, no_other_word_of_the_text_becomes_a_command) {
    EXPECT_EQ(command_of("secret1234 from t"), "OTHER");
    EXPECT_EQ(command_of("other"), "OTHER");
    EXPECT_EQ(command_of("selec"), "OTHER");
    EXPECT_EQ(command_of("selects"), "OTHER");
    EXPECT_EQ(command_of(""), "OTHER");
    EXPECT_EQ(command_of("-- nothing"), "OTHER");
    EXPECT_EQ(command_of("'hidden'"), "OTHER");
}

TEST(metric_labels, a_batch_is_named_after_its_command) {
    EXPECT_EQ(batch_of(command_of("insert into t")), "BATCH INSERT");
    EXPECT_EQ(batch_of(command_of("?")), "BATCH OTHER");
}

TEST(metric_labels, the_same_command_is_the_same_address) {
    EXPECT_EQ(command_of("select 1").data(), command_of("SELECT 2").data());
}

TEST(metric_labels, an_error_of_the_server_is_its_sqlstate) {
    error_table table(10);
    const error e = sqlstate::unique_violation;
    EXPECT_EQ(table.of(e).labels.at("error_type"), "23505");
    EXPECT_EQ(table.of(e).labels.at("db_response_status_code"), "23505");
    EXPECT_EQ(&table.of(e), &table.of(error(sqlstate::unique_violation)));
    EXPECT_TRUE(table.of(error()).labels.empty());
}

TEST(metric_labels, other_errors_have_no_status_code) {
    error_table table(10);
    EXPECT_EQ(table.of(errc::timed_out).labels, (::prometheus::Labels{{"error_type", "timed_out"}}));
    EXPECT_EQ(error_type(error(boost::system::error_code(boost::asio::error::operation_aborted))), "operation_aborted");
    EXPECT_EQ(error_type(error(boost::system::error_code(boost::asio::error::connection_refused))),
              "system:" + std::to_string(ECONNREFUSED));
}

TEST(metric_labels, each_errc_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    const int last = static_cast<int>(errc::server_unavailable);
    for (int value = 1; value <= last; ++value) {
        names.insert(name_of(static_cast<errc>(value)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(last));
    EXPECT_FALSE(names.contains("unknown"));
    EXPECT_EQ(name_of(static_cast<errc>(last + 1)), "unknown");
}

TEST(metric_labels, beyond_the_limit_errors_are_others) {
    error_table table(2);
    const std::string first = table.of(sqlstate::unique_violation).labels.at("error_type");
    const std::string second = table.of(errc::timed_out).labels.at("error_type");
    const auto& third = table.of(sqlstate::division_by_zero);
    EXPECT_EQ(first + " " + second, "23505 timed_out");
    EXPECT_EQ(third.labels, (::prometheus::Labels{{"error_type", "_OTHER"}}));
    EXPECT_EQ(&third, &table.of(sqlstate::deadlock_detected));
    EXPECT_EQ(table.of(errc::timed_out).labels.at("error_type"), "timed_out");
}

TEST(metric_labels, what_prometheus_would_refuse_becomes_question_marks) {
    EXPECT_EQ(label_text("find user \"by id\" \\ \xc3\xa4"), "find user \"by id\" \\ \xc3\xa4");
    EXPECT_EQ(label_text("bad \xc3 byte"), "bad ? byte");
    EXPECT_EQ(label_text(std::string_view("a\0b\nc\x7f", 6)), "a?b?c?");
}

TEST(metric_labels, a_list_without_room_has_one_item) {
    pgcoro::prometheus::bounded_list<int> list(0);
    const auto none = [](int) { return false; };
    int& first = list.find_or_add(none, [](bool is_other) { return std::make_unique<int>(is_other ? 1 : 2); });
    int& second = list.find_or_add(none, [](bool) { return std::make_unique<int>(3); });
    EXPECT_EQ(first, 1);
    EXPECT_EQ(&first, &second);
}

} // namespace
