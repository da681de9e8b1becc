// SPDX-License-Identifier: BSL-1.0
// What nobody asked for, and text that is not what text should be: heard, and no harm done.
#include "security/hostile.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::sqlstate;

TEST(hostile_words, parameters_and_notifications_between_all_messages_change_nothing) {
    const auto chatter = parameter("is_superuser", "on") + message('A', int32(1) + text("channel") + text("payload")) +
                         parameter("", "") + notice("psst");
    const auto [first, second] =
        answers_of(chatter + message('1') + chatter + message('2') + chatter + columns({{"a"}}) + chatter + row({"first"}) +
                   chatter + complete("SELECT 1") + chatter + ready() + chatter);
    ASSERT_TRUE(first && second) << error_of(first) << error_of(second);
    EXPECT_EQ(first.value(), "first");
    EXPECT_EQ(second.value(), "second");
}

TEST(hostile_words, results_nobody_asked_for_are_not_taken_for_those_of_the_next_statement) {
    const auto unasked = columns({{"a"}}) + row({"unasked"}) + complete("SELECT 1");
    const auto [first, second] = answers_of(answer("first") + unasked);
    EXPECT_TRUE(first);
    EXPECT_TRUE(!second || second.value() == "second");
}

pgcoro::error refusal_in(const fields& all) { return error_of(answers_of(complaint('E', all) + ready()).first); }

TEST(hostile_words, an_error_that_is_not_utf8_is_told_as_it_came) {
    const auto why = refusal_in({{'S', "ERROR"}, {'V', "ERROR"}, {'C', "22012"}, {'M', "\xff\xc3\x28"}, {'D', "\xed\xa0\x80"}});
    EXPECT_EQ(why, sqlstate::division_by_zero);
    EXPECT_EQ(why.message(), "\xff\xc3\x28");
    EXPECT_NE(why.describe().find("\xed\xa0\x80"), std::string::npos);
}

TEST(hostile_words, an_error_without_sqlstate_is_one_all_the_same) {
    const auto why = refusal_in({{'S', "ERROR"}, {'V', "ERROR"}, {'M', "out of tape"}});
    EXPECT_EQ(why, sqlstate::protocol_violation) << why;
    EXPECT_EQ(why.message(), "out of tape");
}

TEST(hostile_words, an_sqlstate_that_is_none) {
    for (const char* state : {"", "2", "22012222", "!!!!!", "\xff\xff\xff\xff\xff"}) {
        const auto why = refusal_in({{'S', "ERROR"}, {'V', "ERROR"}, {'C', state}, {'M', "out of tape"}});
        EXPECT_EQ(why, sqlstate::protocol_violation) << why;
    }
}

TEST(hostile_words, fields_nobody_knows_and_fields_twice) {
    const auto why = refusal_in({{'S', "ERROR"},
                                 {'V', "ERROR"},
                                 {'C', "22012"},
                                 {'C', "23505"},
                                 {'M', "a"},
                                 {'M', "b"},
                                 {'~', "x"},
                                 {'\x01', "y"},
                                 {'P', "-99999999999999"}});
    EXPECT_TRUE(why == sqlstate::division_by_zero || why == sqlstate::unique_violation) << why;
}

} // namespace
