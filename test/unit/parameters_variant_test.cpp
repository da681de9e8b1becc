// SPDX-License-Identifier: BSL-1.0
#include "fake_result.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::detail::encode_parameters;
using pgcoro::test::big_endian;
namespace oids = pgcoro::oids;

using value = std::variant<std::monostate, std::int32_t, std::string, const char*, std::vector<std::int64_t>,
                           std::optional<double>, std::variant<bool>>;

/// Throws when it is copied, so that a variant is left without a value.
struct uncopyable {
    uncopyable() = default;
    uncopyable(const uncopyable&) { throw 1; }
};

} // namespace

template <>
struct pgcoro::pg_type<uncopyable> {
    static constexpr std::string_view name = "uncopyable";
    static constexpr oid_number oid = oids::int4;
    static void encode(const uncopyable&, value_writer&) {}
};

namespace {

TEST(variant_parameter, is_sent_as_what_it_holds) {
    const auto p = encode_parameters(value(7), value("text"), value(std::string("string")), value(std::vector<std::int64_t>()),
                                     value(std::variant<bool>(true)));
    ASSERT_EQ(p.size(), 5u);
    EXPECT_EQ(p.oid(0), oids::int4);
    EXPECT_EQ(std::string(p.value(0), 4), big_endian(7));
    EXPECT_EQ(p.oid(1), oids::unspecified);
    EXPECT_STREQ(p.value(1), "text");
    EXPECT_STREQ(p.value(2), "string");
    EXPECT_EQ(p.oid(3), oids::int8_array);
    EXPECT_EQ(p.oid(4), oids::bool_);
}

TEST(variant_parameter, monostate_is_null) {
    const auto p = encode_parameters(value(), std::monostate(), value(std::optional<double>()));
    ASSERT_EQ(p.size(), 3u);
    for (std::size_t i = 0; i < p.size(); ++i) {
        EXPECT_EQ(p.value(i), nullptr);
    }
    EXPECT_EQ(p.oid(0), oids::unspecified);
    EXPECT_EQ(p.oid(2), oids::float8);
}

TEST(variant_parameter, without_a_value_is_refused) {
    std::variant<int, uncopyable> broken;
    const uncopyable source;
    EXPECT_ANY_THROW(broken.emplace<uncopyable>(source));
    EXPECT_EQ(encode_parameters(broken).failure(), errc::value_out_of_range);
}

} // namespace
