// SPDX-License-Identifier: BSL-1.0
// The plan as lists of events and the actions expected of it.
#include "connect/endpoint_plan.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pgcoro::backoff_options;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::session_attrs;
using pgcoro::sqlstate;
using pgcoro::wire::endpoint_plan;
using pgcoro::wire::server;

const error refused = boost::system::error_code(boost::system::errc::connection_refused, boost::system::generic_category());
const error mismatch = errc::no_matching_server;

/// An action as one word, so that a test reads as a list.
std::string text(const endpoint_plan::action& what) {
    if (const auto* l = std::get_if<endpoint_plan::look_up>(&what)) {
        return "look up " + l->host;
    }
    if (const auto* a = std::get_if<endpoint_plan::attempt>(&what)) {
        const char* const wanted[] = {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"};
        return "try " + (a->where.address.empty() ? a->where.host : a->where.address) + ":" + std::to_string(a->where.port) +
               (a->wanted == session_attrs::any ? "" : std::string(" ") + wanted[static_cast<int>(a->wanted)]);
    }
    if (const auto* p = std::get_if<endpoint_plan::pause>(&what)) {
        return "pause " + std::to_string(p->delay.count());
    }
    return "give up";
}

const error& reason(const endpoint_plan::action& what) { return std::get<endpoint_plan::give_up>(what).reason; }

double no_chance() { return 0.0; }

endpoint_plan plan(std::vector<server> servers, endpoint_plan::options options = {}) {
    return {std::move(servers), options, no_chance};
}

endpoint_plan::options wanting(session_attrs wanted) {
    endpoint_plan::options options;
    options.wanted = wanted;
    return options;
}

const server a{"a", "10.0.0.1", 5432};
const server b{"b", "10.0.0.2", 5433};
const server name{"db", "", 5432};

TEST(endpoint_plan, servers_come_in_order) {
    auto p = plan({a, b});
    EXPECT_EQ(text(p.start()), "try 10.0.0.1:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.2:5433");
    EXPECT_EQ(text(p.failed(refused)), "give up");
}

TEST(endpoint_plan, a_name_is_looked_up_and_all_its_addresses_tried) {
    auto p = plan({name, b});
    EXPECT_EQ(text(p.start()), "look up db");
    EXPECT_EQ(text(p.resolved({"::1", "127.0.0.1"})), "try ::1:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 127.0.0.1:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.2:5433");
}

TEST(endpoint_plan, a_socket_needs_no_lookup) {
    auto p = plan({{"/run/pg", "", 5432}, {"@abstract", "", 5432}, {"", "", 5432}});
    EXPECT_EQ(text(p.start()), "try /run/pg:5432");
    EXPECT_EQ(text(p.failed(refused)), "try @abstract:5432");
    EXPECT_EQ(text(p.failed(refused)), "try :5432");
}

TEST(endpoint_plan, a_failed_lookup_goes_on_with_the_next_server) {
    auto p = plan({name, b});
    EXPECT_EQ(text(p.start()), "look up db");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.2:5433");
    ASSERT_EQ(p.failures().size(), 1u);
    EXPECT_EQ(p.failures()[0].host, "db");
    EXPECT_EQ(p.failures()[0].address, "");
}

TEST(endpoint_plan, a_name_without_addresses_is_passed_over) {
    auto p = plan({name, b});
    p.start();
    EXPECT_EQ(text(p.resolved({})), "try 10.0.0.2:5433");
}

TEST(endpoint_plan, permanent_failures_stop_at_once) {
    for (const error& why :
         {error(sqlstate::invalid_password), error(sqlstate::invalid_authorization_specification),
          error(sqlstate::invalid_catalog_name), error(sqlstate::insufficient_privilege), error(errc::certificate_pin_mismatch),
          error(errc::certificate_invalid), error(errc::invalid_configuration), error(errc::tls_unavailable),
          error(errc::tls_failed), error(errc::authentication_failed), error(errc::not_supported_by_libpq)}) {
        auto options = endpoint_plan::options();
        options.retry = backoff_options();
        auto p = plan({a, b}, options);
        p.start();
        const auto end = p.failed(why);
        ASSERT_EQ(text(end), "give up") << why;
        EXPECT_EQ(reason(end).code(), why.code());
        ASSERT_EQ(reason(end).attempts().size(), 1u);
        EXPECT_EQ(reason(end).attempts()[0].host, "a");
        EXPECT_TRUE(reason(end).is(error::nothing_sent));
    }
}

TEST(endpoint_plan, passing_failures_go_on) {
    for (const error& why : {refused, error(errc::timed_out), error(errc::connection_lost),
                             error(sqlstate::too_many_connections), error(sqlstate::cannot_connect_now)}) {
        auto p = plan({a, b});
        p.start();
        EXPECT_EQ(text(p.failed(why)), "try 10.0.0.2:5433") << why;
    }
}

TEST(endpoint_plan, the_error_lists_every_attempt) {
    auto p = plan({a, b});
    p.start();
    p.failed(refused);
    const auto end = p.failed(sqlstate::too_many_connections);
    const auto& why = reason(end);
    EXPECT_EQ(why, errc::connect_failed);
    ASSERT_EQ(why.attempts().size(), 2u);
    EXPECT_EQ(why.attempts()[0].reason.code(), boost::system::errc::connection_refused);
    EXPECT_EQ(why.attempts()[1].reason, sqlstate::too_many_connections);
    EXPECT_EQ(why.attempts()[1].port, 5433);
    EXPECT_NE(why.message().find("a (10.0.0.1) port 5432"), std::string::npos) << why.message();
    EXPECT_NE(why.message().find("b (10.0.0.2) port 5433"), std::string::npos) << why.message();
}

TEST(endpoint_plan, attempts_that_failed_alike_give_their_error) {
    auto p = plan({a, b});
    p.start();
    p.failed(refused);
    const auto end = p.failed(refused);
    EXPECT_EQ(reason(end).code(), boost::system::errc::connection_refused);
    EXPECT_EQ(reason(end).attempts().size(), 2u);
}

TEST(endpoint_plan, a_single_attempt_gives_its_error_and_says_where) {
    auto p = plan({a});
    p.start();
    const auto end = p.failed(sqlstate::too_many_connections);
    EXPECT_EQ(reason(end), sqlstate::too_many_connections);
    EXPECT_TRUE(reason(end).message().starts_with("a (10.0.0.1) port 5432: ")) << reason(end).message();
}

TEST(endpoint_plan, rounds_are_repeated_with_growing_pauses_until_these_are_spent) {
    endpoint_plan::options options;
    options.retry.emplace();
    options.retry->jitter = 0;
    options.retry->attempts = 2;
    auto p = plan({a, b}, options);
    p.start();
    p.failed(refused);
    EXPECT_EQ(text(p.failed(refused)), "pause 100");
    EXPECT_EQ(text(p.paused()), "try 10.0.0.1:5432");
    p.failed(refused);
    EXPECT_EQ(text(p.failed(refused)), "pause 200");
    p.paused();
    p.failed(refused);
    const auto end = p.failed(refused);
    ASSERT_EQ(text(end), "give up");
    EXPECT_EQ(reason(end).attempts().size(), 6u);
}

TEST(endpoint_plan, a_name_is_looked_up_again_in_the_next_round) {
    endpoint_plan::options options;
    options.retry.emplace();
    auto p = plan({name}, options);
    p.start();
    p.resolved({"10.0.0.1"});
    p.failed(refused);
    EXPECT_EQ(text(p.paused()), "look up db");
}

TEST(endpoint_plan, no_server_of_the_wanted_kind_is_an_error_of_its_own) {
    auto p = plan({a, b}, wanting(session_attrs::primary));
    EXPECT_EQ(text(p.start()), "try 10.0.0.1:5432 primary");
    EXPECT_EQ(text(p.failed(mismatch)), "try 10.0.0.2:5433 primary");
    EXPECT_EQ(reason(p.failed(mismatch)), errc::no_matching_server);
}

TEST(endpoint_plan, a_dead_server_among_wrong_ones_may_be_the_right_one) {
    auto p = plan({a, b}, wanting(session_attrs::primary));
    p.start();
    p.failed(refused);
    EXPECT_EQ(reason(p.failed(mismatch)), errc::connect_failed);
}

TEST(endpoint_plan, prefer_standby_asks_all_for_a_standby_and_then_takes_any_that_answered) {
    const server c{"c", "10.0.0.3", 5432};
    auto p = plan({a, b, c}, wanting(session_attrs::prefer_standby));
    EXPECT_EQ(text(p.start()), "try 10.0.0.1:5432 standby");
    EXPECT_EQ(text(p.failed(mismatch)), "try 10.0.0.2:5433 standby");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.3:5432 standby");
    EXPECT_EQ(text(p.failed(mismatch)), "try 10.0.0.1:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.3:5432");
    EXPECT_EQ(text(p.failed(refused)), "give up");
}

TEST(endpoint_plan, shuffling_takes_its_order_from_the_random_source) {
    endpoint_plan::options options;
    options.shuffle = true;
    // Always the first of those left: the last one becomes the first, the others move up.
    auto p = plan({a, b, name}, options);
    EXPECT_EQ(text(p.start()), "try 10.0.0.2:5433");
    EXPECT_EQ(text(p.failed(refused)), "look up db");
    EXPECT_EQ(text(p.resolved({"10.1.0.1", "10.1.0.2"})), "try 10.1.0.2:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 10.1.0.1:5432");
    EXPECT_EQ(text(p.failed(refused)), "try 10.0.0.1:5432");
}

TEST(endpoint_plan, a_random_source_at_its_upper_end_stays_inside) {
    endpoint_plan::options options;
    options.shuffle = true;
    endpoint_plan p({a, b}, options, [] { return 1.0; });
    EXPECT_EQ(text(p.start()), "try 10.0.0.1:5432");
}

TEST(endpoint_plan, an_end_from_outside_lists_what_was_under_way) {
    auto p = plan({a, b});
    p.start();
    p.failed(refused);
    const auto why = p.ended_by(errc::timed_out);
    EXPECT_EQ(why, errc::timed_out);
    ASSERT_EQ(why.attempts().size(), 2u);
    EXPECT_EQ(why.attempts()[1].reason, errc::timed_out);
}

TEST(endpoint_plan, an_end_during_a_pause_adds_no_attempt) {
    endpoint_plan::options options;
    options.retry.emplace();
    auto p = plan({a}, options);
    p.start();
    ASSERT_TRUE(text(p.failed(refused)).starts_with("pause"));
    EXPECT_EQ(p.ended_by(errc::timed_out).attempts().size(), 1u);
}

TEST(endpoint_plan, the_list_of_failures_does_not_grow_for_ever) {
    endpoint_plan::options options;
    options.retry.emplace();
    options.retry->attempts = 1'000'000;
    auto p = plan({a}, options);
    p.start();
    for (int round = 0; round < 500; ++round) {
        p.failed(refused);
        p.paused();
    }
    EXPECT_EQ(p.failures().size(), 100u);
    EXPECT_EQ(p.ended_by(errc::timed_out).attempts().size(), 100u);
}

} // namespace
