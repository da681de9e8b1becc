// SPDX-License-Identifier: BSL-1.0
#include "connect/challenge_watch.hpp"

#include "support/server_messages.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro::test::messages;
using pgcoro::errc;
using pgcoro::wire::challenge_watch;
using decision = challenge_watch::verdict::action;

std::string challenge(const std::string& iterations) { return sasl_continue("r=nonce,s=salt,i=" + iterations); }

decision verdict_on(std::string_view bytes) { return challenge_watch(1000).examine(bytes).what; }

/// After the client has answered something.
challenge_watch later() {
    challenge_watch watch(1000);
    EXPECT_EQ(watch.examine(sasl("SCRAM-SHA-256")).what, decision::go_on);
    return watch;
}

TEST(challenge_watch, as_many_iterations_as_allowed_and_no_more) {
    EXPECT_EQ(verdict_on(challenge("1000")), decision::go_on);
    EXPECT_EQ(verdict_on(challenge("1001")), decision::refuse);
    EXPECT_EQ(verdict_on(challenge("99999999999999999999")), decision::refuse);
    EXPECT_EQ(challenge_watch(1000).examine(challenge("1001")).why, errc::authentication_failed);
    EXPECT_EQ(challenge_watch(0).examine(challenge("99999999999999999999")).what, decision::go_on);
}

TEST(challenge_watch, of_several_numbers_the_one_libpq_takes) {
    EXPECT_EQ(verdict_on(sasl_continue("r=i=1,s=i=1,i=1001")), decision::refuse);
    EXPECT_EQ(verdict_on(sasl_continue("i=1,i=1,i=1001,i=1")), decision::refuse);
    EXPECT_EQ(verdict_on(sasl_continue("r=nonce,s=salt,i=1,i=1001")), decision::go_on);
}

TEST(challenge_watch, waits_until_a_message_is_there) {
    const auto whole = challenge("1000");
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const auto verdict = challenge_watch(1000).examine(whole.substr(0, size));
        EXPECT_EQ(verdict.what, decision::wait) << size;
        EXPECT_EQ(verdict.bytes, size < 5 ? 5 : whole.size()) << size;
    }
}

TEST(challenge_watch, nothing_may_follow_what_has_to_be_answered) {
    EXPECT_EQ(verdict_on(sasl("SCRAM-SHA-256") + "R"), decision::refuse);
    EXPECT_EQ(verdict_on(challenge("1") + challenge("1001")), decision::refuse);
    EXPECT_EQ(verdict_on(message('v', int32(0) + int32(0)) + sasl("SCRAM-SHA-256") + "R"), decision::refuse);
    EXPECT_EQ(verdict_on(authentication(0) + parameter("a", "b")), decision::go_on);
    EXPECT_EQ(verdict_on(authentication(12, "v=x") + authentication(0)), decision::go_on);
}

TEST(challenge_watch, what_begins_in_the_middle_of_a_message_is_refused) {
    const auto whole = challenge("1001");
    for (std::size_t at = 1; at < whole.size(); ++at) {
        const auto rest = whole.substr(at) + std::string(10, 'x');
        EXPECT_EQ(later().examine(rest).what, decision::refuse) << at;
    }
    EXPECT_EQ(later().examine("Rxxxxxxxxxxx").what, decision::refuse);
    EXPECT_EQ(later().examine("Exxxxxxxxxxx").what, decision::refuse);
    EXPECT_EQ(later().examine(failure("28000", "no", "FATAL")).what, decision::go_on);
}

TEST(challenge_watch, the_first_words_are_libpqs_to_judge) {
    for (const char* words : {"HTTP/1.1 400", "Exxxxxxxxxxx", "Rxxxxxxxxxxx", "x"}) {
        EXPECT_EQ(verdict_on(words), decision::go_on) << words;
    }
}

} // namespace
