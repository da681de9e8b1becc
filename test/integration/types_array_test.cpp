// SPDX-License-Identifier: BSL-1.0
// Arrays of any shape, to the server and back.
#include "types_fixture.hpp"

#include <pgcoro/types/views.hpp>

#include <pgcoro/types.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace {

/// An enum of the server, as its label.
struct mood {
    std::string label;
    friend bool operator==(const mood&, const mood&) = default;
};

} // namespace

template <>
struct pgcoro::pg_type<mood> {
    static constexpr std::string_view name = "mood";
    static constexpr std::string_view sql_name = "array_test.mood";
    static void encode(const mood& value, value_writer& out) { out.put_text(value.label); }
    static errc decode(oid_number, value_bytes bytes, mood& out) {
        return pg_type<std::string>::decode(oids::text, bytes, out.label);
    }
};

namespace {

using pgcoro::errc;

class types_array : public pgcoro::test::types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        for (const auto* sql :
             {"drop schema if exists array_test cascade", "create schema array_test",
              "create type array_test.mood as enum ('sad', 'ok')", "create domain array_test.positive as int check (value > 0)",
              "create domain array_test.small as array_test.positive check (value < 100)",
              "create domain array_test.pair as int[] check (array_length(value, 1) = 2)",
              "create domain array_test.happy as array_test.mood check (value <> 'sad')"}) {
            const auto done = run(connection_.execute(pgcoro::unchecked_sql(sql)));
            ASSERT_TRUE(done.has_value()) << done.error().message();
        }
    }

    template <class T>
    errc why_not(const std::string& expression) {
        const auto value = read<T>(expression);
        for (const errc e : {errc::value_out_of_range, errc::unexpected_null, errc::type_mismatch, errc::malformed_value}) {
            if (!value && value.error() == e) {
                return e;
            }
        }
        ADD_FAILURE() << expression << ": " << (value ? "can be read" : value.error().message());
        return {};
    }
};

using ints = std::vector<std::int32_t>;
using table = std::vector<ints>;
using optional_ints = std::vector<std::optional<std::int32_t>>;

TEST_F(types_array, nested_vectors_are_dimensions) {
    expect_same(table{{1, 2, 3}, {4, 5, 6}}, "{{1,2,3},{4,5,6}}", "integer[]");
    expect_same(std::vector<table>{{{1}, {2}}, {{3}, {4}}}, "{{{1},{2}},{{3},{4}}}", "integer[]");
    expect_same(std::vector<optional_ints>{{1, std::nullopt}}, "{{1,NULL}}", "integer[]");
    expect_same(std::vector<std::vector<bool>>{{true}, {false}}, "{{t},{f}}", "boolean[]");
    expect_same(std::vector<std::vector<std::string>>{{"a,b", ""}}, R"({{"a,b",""}})", "text[]");
    expect_same(table{}, "{}", "integer[]");
    EXPECT_EQ(printed(table{{}, {}}), "{}");
    EXPECT_EQ(printed(std::vector<std::vector<std::vector<table>>>{{{{{1}}}}}), "{{{{{1}}}}}");
}

TEST_F(types_array, six_dimensions_are_the_most) {
    using six = std::vector<std::vector<std::vector<std::vector<table>>>>;
    expect_same(six{{{{{{1, 2}}}}}}, "{{{{{{1,2}}}}}}", "integer[]");
}

TEST_F(types_array, shape_must_fit) {
    EXPECT_EQ(why_not<ints>("array[[1],[2]]"), errc::value_out_of_range);
    EXPECT_EQ(why_not<table>("array[1,2]"), errc::value_out_of_range);
    EXPECT_EQ(why_not<table>("array[[[1]]]"), errc::value_out_of_range);
    EXPECT_EQ(why_not<table>("array[[1,null]]"), errc::unexpected_null);
    EXPECT_EQ(why_not<ints>("array['a']"), errc::type_mismatch);
    EXPECT_EQ(why_not<ints>("1"), errc::type_mismatch);
    const auto ragged = run(connection_.fetch_one<bool>("select $1 is null", table{{1}, {2, 3}}));
    ASSERT_FALSE(ragged.has_value());
    EXPECT_TRUE(ragged.error() == errc::value_out_of_range) << ragged.error().message();
}

TEST_F(types_array, arrays_of_fixed_size) {
    using three = std::array<std::int32_t, 3>;
    expect_same(three{1, 2, 3}, "{1,2,3}", "integer[]");
    expect_same(std::vector<std::array<double, 2>>{{0.5, 1}, {2, 3}}, "{{0.5,1},{2,3}}", "double precision[]");
    expect_same(std::array<std::array<std::optional<bool>, 2>, 1>{{{true, std::nullopt}}}, "{{t,NULL}}", "boolean[]");
    const auto wrong = read<three>("array[1,2]");
    ASSERT_FALSE(wrong.has_value());
    EXPECT_TRUE(wrong.error() == errc::value_out_of_range);
    EXPECT_NE(wrong.error().message().find("std::array<std::int32_t, 3>"), std::string::npos) << wrong.error().message();
}

TEST_F(types_array, in_optional) {
    using nullable = std::optional<table>;
    EXPECT_EQ(type_of(nullable()), "integer[]");
    EXPECT_EQ(printed(nullable(table{{1}})), "{{1}}");
    EXPECT_EQ(read<nullable>("null::int[]").value(), std::nullopt);
    EXPECT_EQ(read<nullable>("array[[1]]").value(), (table{{1}}));
    EXPECT_EQ((read<std::optional<std::array<std::int32_t, 1>>>("null::int[]").value()), std::nullopt);
    EXPECT_EQ(read<std::optional<pgcoro::array<std::int32_t>>>("null::int[]").value(), std::nullopt);
}

TEST_F(types_array, lower_bounds_are_kept_or_forgotten) {
    using array = pgcoro::array<std::int32_t>;
    expect_same(array{{{2, 0}, {3, 5}}, {1, 2, 3, 4, 5, 6}}, "[0:1][5:7]={{1,2,3},{4,5,6}}", "integer[]");
    expect_same(array{{{3, -1}}, {1, 2, 3}}, "[-1:1]={1,2,3}", "integer[]");
    expect_same(array{{{2, 1}}, {1, 2}}, "{1,2}", "integer[]");
    expect_same(array{}, "{}", "integer[]");
    expect_same(array{{{1, -2147483647 - 1}}, {1}}, "[-2147483648:-2147483648]={1}", "integer[]");
    expect_same(pgcoro::array<std::optional<std::string>>{{{2, 0}}, {"a", std::nullopt}}, "[0:1]={a,NULL}", "text[]");
    EXPECT_EQ(read<ints>("'[5:6]={1,2}'::int[]").value(), (ints{1, 2}));
    EXPECT_EQ(read<table>("'[0:1][5:6]={{1,2},{3,4}}'::int[]").value(), (table{{1, 2}, {3, 4}}));
}

TEST_F(types_array, vectors_of_the_catalogue_are_arrays) {
    EXPECT_EQ(read<std::vector<std::int16_t>>("'3 1 2'::int2vector").value(), (std::vector<std::int16_t>{3, 1, 2}));
    EXPECT_EQ(read<std::vector<pgcoro::object_id>>("'25 23'::oidvector").value(),
              (std::vector{pgcoro::object_id(25), pgcoro::object_id(23)}));
    EXPECT_EQ(read<pgcoro::array<int>>("'3 1'::int2vector").value(), (pgcoro::array<int>{{{2, 0}}, {3, 1}}));
    EXPECT_TRUE(read<ints>("''::int2vector").value().empty());
}

TEST_F(types_array, views_are_sent) {
    const ints numbers{1, 2, 3, 4};
    const auto is_even = [](int n) { return n % 2 == 0; };
    const auto as_text = [](int n) { return std::to_string(n); };
    const auto or_null = [&](int n) { return is_even(n) ? std::optional(n) : std::nullopt; };
    EXPECT_EQ(printed(numbers | std::views::filter(is_even)), "{2,4}");
    EXPECT_EQ(printed(numbers | std::views::transform(as_text)), "{1,2,3,4}");
    EXPECT_EQ(printed(numbers | std::views::transform(or_null)), "{NULL,2,NULL,4}");
    EXPECT_EQ(printed(std::views::iota(1, 4)), "{1,2,3}");
    EXPECT_EQ(printed(std::views::empty<std::int64_t>), "{}");
    EXPECT_EQ(printed(ints{5, 6} | std::views::reverse), "{6,5}") << "one that owns what it shows";
    EXPECT_EQ(type_of(numbers | std::views::take(2)), "integer[]");
}

TEST_F(types_array, a_view_that_changes_its_mind_is_not_sent) {
    int calls = 0;
    const auto fewer_and_fewer = [&](int) { return ++calls < 4; };
    pgcoro::parameters values;
    const ints numbers{1, 2, 3};
    values.push_back(numbers | std::views::filter(fewer_and_fewer));
    EXPECT_EQ(values.failure(), errc::value_out_of_range);
}

TEST_F(types_array, position_is_the_server_s) {
    const auto value = read<pgcoro::array<std::int32_t>>("'[0:1][5:7]={{1,2,3},{4,5,6}}'::int[]").value();
    EXPECT_EQ(read<std::int32_t>("('[0:1][5:7]={{1,2,3},{4,5,6}}'::int[])[1][6]").value(),
              value.elements[value.position({1, 6}).value()]);
}

TEST_F(types_array, last_index_is_where_the_server_refuses_it) {
    const auto send = [&](std::int32_t lower_bound) { return printed(pgcoro::array<std::int32_t>{{{1, lower_bound}}, {1}}); };
    EXPECT_EQ(send(2147483646), "[2147483646:2147483646]={1}");
    EXPECT_NE(send(2147483647).find("range"), std::string::npos) << send(2147483647);
    EXPECT_FALSE(read<std::string>("'[2147483647:2147483647]={1}'::int[]::text").has_value());
}

TEST_F(types_array, any_of_a_list) {
    const auto count_of = [&](const auto& list) {
        return run(connection_.fetch_one<std::int64_t>("select count(*) from generate_series(1, 10) n where n = any($1)", list))
            .value();
    };
    const ints wanted{3, 5, 99};
    EXPECT_EQ(count_of(wanted), 2);
    EXPECT_EQ(count_of(std::span<const std::int32_t>(wanted)), 2);
    EXPECT_EQ(count_of(std::array{1, 2}), 2);
    EXPECT_EQ(count_of(std::set<std::int32_t>{10, 1, 11}), 2);
    EXPECT_EQ(count_of(ints()), 0);
    EXPECT_EQ(count_of(std::optional<ints>()), 0);
}

TEST_F(types_array, elements_known_by_name) {
    using moods = std::vector<std::optional<mood>>;
    const std::string type = "array_test.mood[]";
    expect_same(moods{mood{"ok"}, std::nullopt, mood{"sad"}}, "{ok,NULL,sad}", type);
    expect_same(std::vector<std::vector<mood>>{{{"ok"}}, {{"sad"}}}, "{{ok},{sad}}", type);
    expect_same(pgcoro::array<mood>{{{1, 7}}, {{"ok"}}}, "[7:7]={ok}", type);
    expect_same(std::array<mood, 1>{mood{"ok"}}, "{ok}", type);
    expect_same(std::vector<mood>(), "{}", type);
    EXPECT_EQ(type_of(std::optional<std::vector<mood>>()), type);
    EXPECT_EQ(why_not<std::vector<mood>>("array['ok']"), errc::type_mismatch);
    EXPECT_EQ(printed(std::vector<mood>{{"unheard of"}}), "invalid input value for enum array_test.mood: \"unheard of\"");
}

TEST_F(types_array, named_elements_that_are_read_before_they_are_sent) {
    EXPECT_EQ(read<std::vector<mood>>("'{ok,sad}'::array_test.mood[]").value(), (std::vector<mood>{{"ok"}, {"sad"}}));
    const auto both =
        run(connection_.fetch_one<std::tuple<std::vector<mood>, ints>>("select array[$1, 'sad'], array[$2, 2]", mood{"ok"}, 1));
    ASSERT_TRUE(both.has_value()) << both.error().message();
    EXPECT_EQ(std::get<0>(both.assume_value()), (std::vector<mood>{{"ok"}, {"sad"}}));
}

TEST_F(types_array, over_domains) {
    EXPECT_EQ(read<ints>("'{1,2}'::array_test.small[]").value(), (ints{1, 2}));
    EXPECT_EQ(read<optional_ints>("'{1,NULL}'::array_test.positive[]").value(), (optional_ints{1, std::nullopt}));
    EXPECT_EQ(read<ints>("'{1,2}'::array_test.pair").value(), (ints{1, 2}));
    EXPECT_EQ(read<table>("'{{1,2}}'::array_test.small[]").value(), (table{{1, 2}}));
    EXPECT_EQ(read<std::vector<mood>>("'{ok}'::array_test.happy[]").value(), std::vector<mood>{{"ok"}});
    EXPECT_EQ(why_not<std::vector<std::string>>("'{1,2}'::array_test.small[]"), errc::type_mismatch);
    EXPECT_EQ(printed(ints{1, 2}, "::array_test.small[]"), "{1,2}");
    EXPECT_EQ(printed(ints{1, 2}, "::array_test.pair"), "{1,2}");
}

TEST_F(types_array, large) {
    ints many(100'000);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i] = static_cast<std::int32_t>(i);
    }
    const auto sum = run(connection_.fetch_one<std::int64_t>("select sum(n) from unnest($1) n", many));
    EXPECT_EQ(sum.value(), 4'999'950'000);
    EXPECT_EQ(read<ints>("array(select generate_series(0, 99999))").value(), many);
}

} // namespace
