// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/key_index.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>
#include <pgcoro/types/uuid.hpp>

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace {

using pgcoro::detail::hash_of;
using pgcoro::detail::is_same_key;
using pgcoro::detail::key_index;

struct place { // has no operator==
    std::string street;
    int number;
};

template <class Key>
std::size_t add(key_index<Key>& index, std::vector<Key>& keys, const Key& key) {
    const std::size_t at = index.find_or_add(keys, key);
    if (at == keys.size()) {
        keys.push_back(key);
    }
    return at;
}

TEST(key_index, an_empty_one_finds_nothing) {
    const key_index<int> index;
    EXPECT_EQ(index.find({}, 1), key_index<int>::npos);
}

TEST(key_index, finds_each_of_many_keys_where_it_was_put) {
    key_index<int> index;
    std::vector<int> keys;
    for (int i = 0; i < 5000; ++i) {
        EXPECT_EQ(add(index, keys, i * 1024), static_cast<std::size_t>(i));
    }
    for (int i = 0; i < 5000; ++i) {
        EXPECT_EQ(index.find(keys, i * 1024), static_cast<std::size_t>(i));
    }
    EXPECT_EQ(index.find(keys, 1), key_index<int>::npos);
}

TEST(key_index, gives_an_equal_key_the_same_place) {
    key_index<std::string> index;
    std::vector<std::string> keys;
    add<std::string>(index, keys, "a");
    add<std::string>(index, keys, "b");
    EXPECT_EQ(add<std::string>(index, keys, "a"), 0u);
    EXPECT_EQ(keys.size(), 2u);
}

TEST(key_index, forgets_all_at_once) {
    key_index<int> index;
    std::vector<int> keys;
    add(index, keys, 1);
    index.clear();
    keys.clear();
    EXPECT_EQ(index.find(keys, 1), key_index<int>::npos);
    EXPECT_EQ(add(index, keys, 2), 0u);
}

TEST(key_index, keys_of_several_parts_differ_in_each_of_them) {
    using key = std::tuple<int, std::string>;
    key_index<key> index;
    std::vector<key> keys;
    add(index, keys, key(1, "a"));
    add(index, keys, key(1, "b"));
    add(index, keys, key(2, "a"));
    EXPECT_EQ(index.find(keys, key(1, "b")), 1u);
    EXPECT_EQ(index.find(keys, key(2, "b")), key_index<key>::npos);
}

TEST(key_index, the_order_of_parts_matters_to_the_hash) { EXPECT_NE(hash_of(std::pair(1, 2)), hash_of(std::pair(2, 1))); }

TEST(key_index, a_struct_needs_no_operators) {
    const place here{"High Street", 1};
    EXPECT_TRUE(is_same_key(here, place{"High Street", 1}));
    EXPECT_FALSE(is_same_key(here, place{"High Street", 2}));
    EXPECT_FALSE(is_same_key(here, place{"Low Street", 1}));
    EXPECT_EQ(hash_of(here), hash_of(place{"High Street", 1}));
}

TEST(key_index, keys_may_be_times_and_uuids) {
    const auto day = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);
    EXPECT_NE(hash_of(day), hash_of(day + std::chrono::days(1)));
    EXPECT_NE(hash_of(boost::uuids::uuid{{1}}), hash_of(boost::uuids::uuid{{2}}));
}

} // namespace
