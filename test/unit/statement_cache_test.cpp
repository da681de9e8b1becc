// SPDX-License-Identifier: BSL-1.0
#include "statement/statement_cache.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace pgcoro::wire;
using enum prepared_statement::state;

constexpr unsigned int4 = 23;
constexpr unsigned text = 25;

pgcoro::detail::statement_text of(std::string_view sql) { return {sql, 0}; }

/// Uses a statement without parameters, and has it prepared.
prepared_statement& prepared(statement_cache& cache, std::string_view sql) {
    auto& s = *cache.use(of(sql), {});
    if (s.where == absent) {
        cache.name(s, "");
        s.where = ready;
    }
    return s;
}

std::set<std::string> take_all_unneeded(statement_cache& cache) {
    std::set<std::string> names;
    while (cache.unneeded() != 0) {
        names.insert(cache.take_unneeded());
    }
    return names;
}

TEST(statement_cache, a_new_statement_is_absent_until_it_has_a_name) {
    statement_cache cache(10);
    auto& s = *cache.use(of("select 1"), {});
    EXPECT_EQ(s.where, absent);
    EXPECT_EQ(s.text, "select 1");
    EXPECT_EQ(s.name, "");
    EXPECT_FALSE(cache.name(s, ""));
    EXPECT_EQ(s.name.size(), 31u);
}

TEST(statement_cache, the_same_text_and_types_are_the_same_statement) {
    statement_cache cache(10);
    const std::array types{int4};
    auto& first = *cache.use(of("select $1"), types);
    EXPECT_EQ(cache.use(of("select $1"), types), &first);
    const std::string elsewhere = "select $1";
    EXPECT_EQ(cache.use(of(elsewhere), types), &first);
    EXPECT_EQ(cache.size(), 1u);
}

TEST(statement_cache, other_parameter_types_are_another_statement) {
    statement_cache cache(10);
    const char* const sql = "select $1"; // one address: the short cut must compare types, too
    const std::array as_int{int4};
    const std::array as_text{text};
    auto& first = *cache.use(of(sql), as_int);
    auto& second = *cache.use(of(sql), as_text);
    EXPECT_NE(&first, &second);
    cache.name(first, "");
    cache.name(second, "");
    EXPECT_NE(first.name, second.name);
    EXPECT_EQ(cache.use(of(sql), as_int), &first);
    EXPECT_EQ(cache.use(of(sql), as_text), &second);
}

TEST(statement_cache, another_text_at_the_same_address_is_another_statement) {
    statement_cache cache(10);
    char sql[] = "select 1";
    auto& first = *cache.use(of(sql), {});
    sql[7] = '2';
    auto& second = *cache.use(of(sql), {});
    EXPECT_NE(&first, &second);
    EXPECT_EQ(second.text, "select 2");
}

TEST(statement_cache, a_full_cache_gives_up_the_statement_unused_for_longest) {
    statement_cache cache(2);
    const auto oldest = prepared(cache, "a").name;
    const auto newer = prepared(cache, "b").name;
    prepared(cache, "a");
    prepared(cache, "c");
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(take_all_unneeded(cache), std::set{newer});
    EXPECT_EQ(prepared(cache, "a").name, oldest);
}

TEST(statement_cache, a_statement_given_up_and_closed_is_new_when_it_is_used_again) {
    statement_cache cache(1);
    const auto before = prepared(cache, "a").name;
    prepared(cache, "b");
    EXPECT_EQ(take_all_unneeded(cache), std::set{before});
    auto& again = *cache.use(of("a"), {});
    EXPECT_EQ(again.where, absent);
    EXPECT_FALSE(cache.name(again, ""));
    EXPECT_EQ(again.name, before);
}

TEST(statement_cache, a_statement_given_up_and_not_yet_closed_is_still_ready_when_it_is_used_again) {
    statement_cache cache(1);
    prepared(cache, "a");
    const auto other = prepared(cache, "b").name;
    auto& again = *cache.use(of("a"), {});
    EXPECT_TRUE(cache.name(again, ""));
    EXPECT_EQ(again.where, ready);
    EXPECT_EQ(take_all_unneeded(cache), std::set{other});
}

TEST(statement_cache, with_other_settings_it_is_another_statement_to_the_server) {
    statement_cache cache(1);
    const auto before = prepared(cache, "a").name;
    prepared(cache, "b");
    auto& again = *cache.use(of("a"), {});
    EXPECT_FALSE(cache.name(again, "another time zone"));
    EXPECT_NE(again.name, before);
}

TEST(statement_cache, that_cannot_evict_gives_no_name_to_what_is_beyond_its_capacity) {
    statement_cache cache(2);
    cache.never_evict();
    prepared(cache, "a");
    prepared(cache, "b");
    EXPECT_EQ(cache.use(of("c"), {}), nullptr);
    EXPECT_EQ(cache.use(of("a"), {})->where, ready);
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache.unneeded(), 0u);
}

TEST(statement_cache, a_statement_in_flight_is_not_given_up) {
    statement_cache cache(1);
    auto& busy = prepared(cache, "a");
    busy.in_flight = 1;
    auto& second = prepared(cache, "b");
    second.in_flight = 1;
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache.use(of("a"), {}), &busy);
    EXPECT_EQ(cache.unneeded(), 0u);
}

TEST(statement_cache, a_statement_the_server_never_knew_needs_no_close) {
    statement_cache cache(1);
    cache.use(of("a"), {});
    cache.use(of("b"), {});
    EXPECT_EQ(cache.size(), 1u);
    EXPECT_EQ(cache.unneeded(), 0u);
}

TEST(statement_cache, renewed_it_is_absent_under_a_new_name_and_the_old_one_is_closed) {
    statement_cache cache(10);
    auto& s = prepared(cache, "a");
    const auto before = s.name;
    cache.renew(s);
    EXPECT_EQ(s.where, absent);
    EXPECT_EQ(take_all_unneeded(cache), std::set{before});
    EXPECT_FALSE(cache.name(s, ""));
    EXPECT_NE(s.name, before);
}

TEST(statement_cache, renewed_twice_for_two_failures_in_a_row_it_is_closed_once) {
    statement_cache cache(10);
    auto& s = prepared(cache, "a");
    cache.renew(s);
    cache.renew(s);
    EXPECT_EQ(s.generation, 1u);
    EXPECT_EQ(cache.unneeded(), 1u);
}

TEST(statement_cache, one_that_goes_stale_again_and_again_loses_its_name) {
    statement_cache cache(10);
    int renewals = 0;
    for (; renewals < 100 && cache.use(of("a"), {}); ++renewals) {
        cache.renew(prepared(cache, "a"));
    }
    EXPECT_EQ(renewals, 16);
    EXPECT_EQ(cache.use(of("a"), {}), nullptr);
}

TEST(statement_cache, one_that_gives_up_its_name_is_closed_and_gets_no_other) {
    statement_cache cache(10);
    auto& s = prepared(cache, "a");
    const auto before = s.name;
    cache.give_up_name(s);
    EXPECT_EQ(cache.use(of("a"), {}), nullptr);
    EXPECT_EQ(take_all_unneeded(cache), std::set{before});
}

TEST(statement_cache, when_the_server_dropped_all_none_is_ready_and_none_needs_a_close) {
    statement_cache cache(2);
    prepared(cache, "a");
    prepared(cache, "b");
    prepared(cache, "c");
    cache.forget_all();
    EXPECT_EQ(cache.unneeded(), 0u);
    EXPECT_EQ(cache.use(of("b"), {})->where, absent);
    EXPECT_EQ(cache.use(of("c"), {})->where, absent);
}

TEST(statement_cache, a_parse_on_its_way_when_the_server_dropped_all_comes_after_that) {
    statement_cache cache(2);
    auto& s = *cache.use(of("a"), {});
    s.where = pending;
    cache.forget_all();
    EXPECT_EQ(s.where, pending);
}

TEST(statement_cache, when_settings_have_changed_all_are_prepared_anew) {
    statement_cache cache(2);
    auto& s = prepared(cache, "a");
    const auto before = s.name;
    auto& on_its_way = *cache.use(of("b"), {});
    static_cast<void>(cache.name(on_its_way, ""));
    on_its_way.where = pending;
    cache.renew_all();
    EXPECT_EQ(s.where, absent);
    EXPECT_EQ(s.generation, 0u) << "it did nothing wrong";
    EXPECT_EQ(take_all_unneeded(cache), std::set{before});
    EXPECT_EQ(on_its_way.where, pending);
    cache.parsed(on_its_way);
    EXPECT_EQ(on_its_way.where, absent) << "whether it was parsed before or after the change is not known";
    EXPECT_EQ(cache.unneeded(), 1u);
    EXPECT_FALSE(cache.name(s, "changed"));
    EXPECT_NE(s.name, before);
}

TEST(statement_cache, once_enough_are_idle_a_burst_leaves_no_more_than_the_capacity) {
    statement_cache cache(2);
    std::vector<std::string> texts;
    for (int i = 0; i != 10; ++i) {
        texts.push_back("select " + std::to_string(i));
        prepared(cache, texts.back()).in_flight = 1;
    }
    for (const auto& sql : texts) {
        cache.use(of(sql), {})->in_flight = 0;
    }
    prepared(cache, "another");
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(take_all_unneeded(cache).size(), 9u);
}

TEST(statement_cache, a_capacity_of_nothing_is_one) {
    statement_cache cache(0);
    cache.use(of("a"), {});
    EXPECT_EQ(cache.size(), 1u);
}

} // namespace
