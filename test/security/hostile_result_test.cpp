// SPDX-License-Identifier: BSL-1.0
// Servers that misbehave in place of a result: the statement fails, once, and nothing of what they said is taken for data.
#include "security/hostile.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::errc;

struct wrong_result {
    const char* name;
    std::string words;
};
void PrintTo(const wrong_result& m, std::ostream* out) { *out << m.name; }

TEST(hostile_result, a_server_that_behaves_is_understood) {
    const auto [first, second] = answers_of(answer("first"));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first.value(), "first");
    EXPECT_EQ(second.value(), "second");
}

// After these libpq cannot find the beginning of a message any more: the connection is closed.
class hostile_stream : public testing::TestWithParam<wrong_result> {};

TEST_P(hostile_stream, is_a_lost_connection) {
    const auto [first, second] = answers_of(GetParam().words);
    ASSERT_FALSE(first);
    EXPECT_TRUE(first.error().connection_lost()) << first.error();
    EXPECT_TRUE(first.error().outcome_unknown()) << first.error();
    EXPECT_FALSE(second);
}

INSTANTIATE_TEST_SUITE_P(, hostile_stream,
                         testing::Values(wrong_result{"zeros", std::string(1000, '\0')},
                                         wrong_result{"ones", std::string(1000, '\xff')},
                                         wrong_result{"text", "HTTP/1.1 400 Bad Request\r\n\r\n"},
                                         wrong_result{"length_0", with_length('T', 0, "")},
                                         wrong_result{"length_3", with_length('T', 3, "")},
                                         wrong_result{"length_negative", with_length('D', -1, "abc")},
                                         wrong_result{"length_least", with_length('D', -2147483647 - 1, "abc")},
                                         wrong_result{"a_short_message_of_great_length", with_length('2', 1'000'000, "")},
                                         wrong_result{"a_ready_of_40_kB", message('Z', std::string(40'000, 'I'))}),
                         [](const auto& i) { return std::string(i.param.name); });

// Of these it knows the end, and says that they are wrong; or they are an answer, but to something else.
class hostile_answer : public testing::TestWithParam<wrong_result> {};

TEST_P(hostile_answer, is_an_error_and_the_next_answer_is_not_affected) {
    const auto [first, second] = answers_of(GetParam().words);
    EXPECT_FALSE(first);
    if (second) {
        EXPECT_EQ(second.value(), "second");
    } else {
        EXPECT_TRUE(second.error().connection_lost()) << second.error();
    }
}

const std::vector<column> one = {{"answer"}};
const std::string rest = complete("SELECT 1") + ready();

INSTANTIATE_TEST_SUITE_P(
    , hostile_answer,
    testing::Values(
        wrong_result{"columns_65535_promised", begun() + columns(one, 65535) + row({"yes"}) + rest},
        wrong_result{"columns_minus_1", begun() + columns(one, -1) + row({"yes"}) + rest},
        wrong_result{"columns_fewer_than_told", begun() + columns({{"a"}, {"b"}}, 1) + row({"yes"}) + rest},
        wrong_result{"columns_none", begun() + columns({}) + row({}) + rest},
        wrong_result{"no_columns_told", begun() + row({"yes"}) + rest},
        wrong_result{"row_with_more_columns", begun() + columns(one) + row({"yes", "no"}) + rest},
        wrong_result{"row_with_fewer_columns", begun() + columns(one) + row({}) + rest},
        wrong_result{"value_longer_than_its_message",
                     begun() + columns(one) + message('D', int16(1) + int32(1000) + "yes") + rest},
        wrong_result{"value_of_a_megabyte", begun() + columns(one) + message('D', int16(1) + int32(1'000'000) + "yes") + rest},
        wrong_result{"value_of_length_minus_2", begun() + columns(one) + message('D', int16(1) + int32(-2) + "yes") + rest},
        wrong_result{"value_shorter_than_its_message",
                     begun() + columns(one) + message('D', int16(1) + int32(1) + "yes") + rest},
        wrong_result{"row_without_count", begun() + columns(one) + message('D', "") + rest},
        wrong_result{"column_name_without_end", begun() + message('T', int16(1) + "answer") + rest},
        wrong_result{"tag_without_end", begun() + columns(one) + message('C', "SELECT") + ready()},
        wrong_result{"an_unknown_type", begun() + message('~', "what?") + rest},
        wrong_result{"an_authentication_request", begun() + authentication(3) + rest},
        wrong_result{"ready_before_the_result", begun() + ready() + columns(one) + row({"yes"}) + rest},
        wrong_result{"only_complete", begun() + rest},
        wrong_result{"a_copy", begun() + message('G', std::string(1, '\0') + int16(0)) + ready()},
        wrong_result{"a_copy_from_it", begun() + message('H', std::string(1, '\0') + int16(0)) + message('d', "yes") + ready()},
        wrong_result{"portal_suspended", begun() + columns(one) + row({"yes"}) + message('s') + ready()},
        wrong_result{"function_result", message('V', int32(3) + "yes") + ready()},
        wrong_result{"error_without_fields", begun() + complaint('E', {}) + ready()},
        wrong_result{"error_without_end", begun() + message('E', "Moops") + ready()},
        wrong_result{"error_then_rows", begun() + failure("22012", "zero") + columns(one) + row({"yes"}) + rest},
        wrong_result{"two_errors", begun() + failure("22012", "one") + failure("22013", "two") + ready()}),
    [](const auto& i) { return std::string(i.param.name); });

} // namespace
