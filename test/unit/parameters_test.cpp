// SPDX-License-Identifier: BSL-1.0
#include "fake_result.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace {

using pgcoro::errc;
using pgcoro::parameters;
using pgcoro::detail::encode_parameters;
using pgcoro::test::big_endian;
namespace oids = pgcoro::oids;

std::string bytes(const parameters& p, std::size_t i) { return {p.value(i), static_cast<std::size_t>(p.length(i))}; }

TEST(parameters, numbers_are_binary_with_their_type) {
    const auto p = encode_parameters(std::int64_t{-2}, 7);
    ASSERT_EQ(p.size(), 2u);
    EXPECT_EQ(p.oid(0), oids::int8);
    EXPECT_EQ(p.format(0), 1);
    EXPECT_EQ(bytes(p, 0), big_endian(std::int64_t{-2}));
    EXPECT_EQ(p.oid(1), oids::int4);
    EXPECT_EQ(bytes(p, 1), big_endian(7));
    EXPECT_TRUE(p.ok());
    EXPECT_FALSE(p.failure().code());
}

TEST(parameters, text_is_untyped_and_nul_terminated) {
    const std::string text = "first";
    char buffer[16] = "buffer";
    const char* pointer = "pointer";
    const auto p = encode_parameters(text, "literal", buffer, pointer, std::string_view("view").substr(1), "");
    const char* const expected[] = {"first", "literal", "buffer", "pointer", "iew", ""};
    ASSERT_EQ(p.size(), std::size(expected));
    for (std::size_t i = 0; i < p.size(); ++i) {
        EXPECT_EQ(p.oid(i), oids::unspecified);
        EXPECT_EQ(p.format(i), 0);
        EXPECT_STREQ(p.value(i), expected[i]);
        EXPECT_EQ(bytes(p, i), expected[i]);
    }
}

TEST(parameters, null_keeps_the_type_of_its_optional) {
    const char* nothing = nullptr;
    const auto p =
        encode_parameters(std::optional<std::int64_t>(), std::nullopt, nullptr, std::optional<std::string>(), nothing);
    ASSERT_EQ(p.size(), 5u);
    EXPECT_EQ(p.oid(0), oids::int8);
    for (std::size_t i = 0; i < p.size(); ++i) {
        EXPECT_EQ(p.length(i), -1);
        EXPECT_EQ(p.value(i), nullptr);
        EXPECT_TRUE(i == 0 || p.oid(i) == oids::unspecified);
    }
}

TEST(parameters, optional_with_a_value_is_that_value) {
    const auto p = encode_parameters(std::optional(5), std::optional<std::string>("five"));
    EXPECT_EQ(bytes(p, 0), big_endian(5));
    EXPECT_EQ(bytes(p, 1), "five");
}

TEST(parameters, empty_value_is_not_null) {
    const auto p = encode_parameters(std::vector<std::byte>());
    EXPECT_EQ(p.length(0), 0);
    EXPECT_NE(p.value(0), nullptr);
}

TEST(parameters, nul_in_text_is_refused) {
    EXPECT_EQ(encode_parameters(std::string("a\0b", 3)).failure(), errc::invalid_text);
    EXPECT_EQ(encode_parameters("a\0b").failure(), errc::invalid_text);
    EXPECT_EQ(encode_parameters(pgcoro::json(std::string("\"a\0\"", 4))).failure(), errc::invalid_text);
    EXPECT_EQ(encode_parameters(std::vector<std::string>{std::string("\0", 1)}).failure(), errc::invalid_text);
}

TEST(parameters, first_failure_is_kept_and_names_its_parameter) {
    const auto p = encode_parameters(1, std::numeric_limits<std::uint64_t>::max(), std::string("\0", 1));
    EXPECT_FALSE(p.ok());
    EXPECT_EQ(p.failure(), errc::value_out_of_range);
    EXPECT_NE(p.failure().message().find("$2"), std::string::npos) << p.failure().message();
}

TEST(parameters, at_most_65535_can_be_sent) {
    parameters p;
    for (int i = 0; i < 65535; ++i) {
        p.push_back(i);
    }
    EXPECT_TRUE(p.ok());
    EXPECT_EQ(bytes(p, 65534), big_endian(65534));
    p.push_back(0);
    EXPECT_FALSE(p.ok());
    EXPECT_EQ(p.failure(), errc::too_many_parameters);
}

// A span of bytes that nobody touches takes no memory.
struct untouched_gibibyte {
    static constexpr std::size_t size = std::size_t{1} << 30;
    std::byte* data = static_cast<std::byte*>(std::calloc(size, 1));
    untouched_gibibyte() = default;
    untouched_gibibyte(const untouched_gibibyte&) = delete;
    untouched_gibibyte& operator=(const untouched_gibibyte&) = delete;
    ~untouched_gibibyte() { std::free(data); }
};

TEST(parameters, value_of_a_gibibyte_is_too_large) {
    const untouched_gibibyte memory;
    ASSERT_NE(memory.data, nullptr);
    const auto p = encode_parameters(std::span<const std::byte>(memory.data, memory.size));
    EXPECT_EQ(p.failure(), errc::value_too_large);
}

parameters several(int count) {
    parameters p;
    for (int i = 0; i < count; ++i) {
        p.push_back(i);
        p.push_back("text " + std::to_string(i));
    }
    return p;
}

void expect_several(const parameters& p, int count) {
    ASSERT_EQ(p.size(), static_cast<std::size_t>(2 * count));
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(2 * i);
        EXPECT_EQ(p.oid(at), oids::int4);
        EXPECT_EQ(bytes(p, at), big_endian(i));
        EXPECT_EQ(p.format(at + 1), 0);
        EXPECT_STREQ(p.value(at + 1), ("text " + std::to_string(i)).c_str());
    }
}

TEST(parameters, a_few_small_ones_live_inside_of_the_object) {
    const auto p = encode_parameters(1, 2, 3, 4, 5, std::string(40, 'x'), std::string(40, 'y'), std::nullopt);
    const auto* const start = reinterpret_cast<const char*>(&p);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
        EXPECT_TRUE(p.value(i) > start && p.value(i) < start + sizeof p);
    }
    EXPECT_TRUE(reinterpret_cast<const char*>(p.oids()) > start && reinterpret_cast<const char*>(p.oids()) < start + sizeof p);
}

TEST(parameters, copies_and_moves_keep_every_value) {
    for (const int count : {0, 1, 4, 5, 100}) {
        parameters original = several(count);
        parameters copy = original;
        expect_several(copy, count);
        parameters moved = std::move(original);
        expect_several(moved, count);
        EXPECT_TRUE(original.empty()); // NOLINT(bugprone-use-after-move): it is documented to be empty
        parameters assigned = several(50);
        assigned = copy;
        expect_several(assigned, count);
        assigned = std::move(moved);
        expect_several(assigned, count);
        copy = parameters();
        EXPECT_TRUE(copy.empty());
        copy.push_back(1);
        EXPECT_EQ(bytes(copy, 0), big_endian(1));
    }
}

void expect_equal(const parameters& one, const parameters& other) {
    ASSERT_EQ(one.size(), other.size());
    EXPECT_EQ(one.failure().code(), other.failure().code());
    EXPECT_EQ(one.failure().message(), other.failure().message());
    EXPECT_EQ(one.named_types(), other.named_types());
    if (!one.ok()) {
        return; // nobody sees the values
    }
    EXPECT_EQ(one.byte_size(), other.byte_size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one.oid(i), other.oid(i)) << i;
        EXPECT_EQ(one.format(i), other.format(i)) << i;
        ASSERT_EQ(one.length(i), other.length(i)) << i;
        ASSERT_EQ(one.value(i) == nullptr, other.value(i) == nullptr) << i;
        if (one.value(i)) {
            EXPECT_EQ(bytes(one, i), bytes(other, i)) << i;
            EXPECT_TRUE(one.format(i) == 1 || one.value(i)[one.length(i)] == '\0') << i;
        }
    }
}

template <class... Values>
void expect_equal_one_by_one(const Values&... values) {
    parameters one_by_one;
    (one_by_one.push_back(values), ...);
    expect_equal(encode_parameters(values...), one_by_one);
}

TEST(parameters, given_at_once_are_those_given_one_by_one) {
    const std::string text = "text";
    const std::optional<std::string> no_text;
    const std::optional<int> no_number;
    const auto now = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1));
    expect_equal_one_by_one();
    expect_equal_one_by_one(7);
    expect_equal_one_by_one(text, std::string_view(), std::string(), std::optional(text));
    expect_equal_one_by_one(no_number, no_text, std::optional(5), no_text, 2.5, true, now, std::uint8_t{1});
    expect_equal_one_by_one(no_text);
    expect_equal_one_by_one(std::string(300, 'x'), 1, std::string(300, 'y')); // more than lies inside of the object
    expect_equal_one_by_one(1, 2, 3, 4, 5, 6, 7, 8, text);                    // the ninth
    expect_equal_one_by_one(1, "literal", text, std::nullopt);                // some are not just stored
    expect_equal_one_by_one(1, std::string("a\0b", 3), std::numeric_limits<std::uint64_t>::max(), text);
    expect_equal_one_by_one(std::optional(std::numeric_limits<std::uint64_t>::max()), std::optional(std::string("\0", 1)));
}

TEST(parameters, list_given_alone_stands_for_itself) {
    const parameters list = several(3);
    expect_several(encode_parameters(list), 3);
    expect_several(encode_parameters(several(20)), 20);
}

} // namespace
