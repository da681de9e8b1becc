// SPDX-License-Identifier: BSL-1.0
// Ranges and multiranges, to the server and back.
#include "types_fixture.hpp"

#include <pgcoro/types.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

/// An own type, so that other tests of this program may have other ranges of double.
struct share {
    double value;
    friend bool operator==(const share&, const share&) = default;
};

} // namespace

template <>
struct pgcoro::pg_type<share> : pgcoro::pg_type<double> {
    static constexpr std::string_view name = "share";
    static void encode(const share& s, value_writer& out) { pg_type<double>::encode(s.value, out); }
    static errc decode(oid_number column, value_bytes bytes, share& out) {
        return pg_type<double>::decode(column, bytes, out.value);
    }
};

template <>
struct pgcoro::range_traits<share> {
    static constexpr std::string_view sql_name = "range_test.share_range";
    static constexpr std::string_view multirange_sql_name = "range_test.share_multirange";
};

namespace {

using namespace std::chrono;
using pgcoro::errc;
using pgcoro::excluding;
using pgcoro::including;
using pgcoro::multirange;
using pgcoro::range;
using pgcoro::unbounded;

class types_range : public pgcoro::test::types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        for (const auto* sql : {"drop schema if exists range_test cascade", "create schema range_test",
                                "create type range_test.share_range as range (subtype = float8)",
                                "create domain range_test.positive as int check (value > 0)",
                                "create type range_test.positive_range as range (subtype = range_test.positive)",
                                "create domain range_test.month as daterange check (not isempty(value))"}) {
            const auto done = run(connection_.execute(pgcoro::unchecked_sql(sql)));
            ASSERT_TRUE(done.has_value()) << done.error().message();
        }
    }

    /// And in an optional, and in an array with a NULL.
    template <class T>
    void expect_same_everywhere(const T& value, const std::string& text, const std::string& type) {
        types_fixture::expect_same_everywhere(value, text, type);
        EXPECT_EQ(read<std::optional<std::vector<T>>>("null::" + type + "[]").value(), std::nullopt);
    }
};

using ints = range<std::int32_t>;

TEST_F(types_range, of_integers) {
    expect_same_everywhere(ints(1, 5), "[1,5)", "int4range");
    expect_same_everywhere(ints(including(1), unbounded), "[1,)", "int4range");
    expect_same_everywhere(ints(unbounded, excluding(5)), "(,5)", "int4range");
    expect_same_everywhere(ints(unbounded, unbounded), "(,)", "int4range");
    expect_same_everywhere(ints(), "empty", "int4range");
    expect_same_everywhere(range<std::int64_t>(1, std::int64_t{1} << 40), "[1,1099511627776)", "int8range");
}

TEST_F(types_range, of_integers_comes_back_in_one_form) {
    for (const auto& r :
         {ints(including(1), including(4)), ints(excluding(0), including(4)), ints(excluding(0), excluding(5))}) {
        const auto back = run(connection_.fetch_one<ints>("select $1", r));
        ASSERT_TRUE(back.has_value()) << back.error().message();
        EXPECT_EQ(back.assume_value(), ints(1, 5)) << to_string(r);
        EXPECT_EQ(printed(r), "[1,5)");
    }
    EXPECT_TRUE(run(connection_.fetch_one<ints>("select $1", ints(3, 3))).value().is_empty());
}

TEST_F(types_range, of_times) {
    const auto day = 2024y / February / 29;
    expect_same_everywhere(range<sys_days>(sys_days(day), sys_days(day) + days(2)), "[2024-02-29,2024-03-02)", "daterange");
    expect_same_everywhere(range<year_month_day>(including(day), unbounded), "[2024-02-29,)", "daterange");
    using local = local_time<microseconds>;
    expect_same_everywhere(range<local>(excluding(local(local_days(day) + 1us)), including(local(local_days(day) + 1h))),
                           R"(("2024-02-29 00:00:00.000001","2024-02-29 01:00:00"])", "tsrange");
    using moment = sys_time<microseconds>;
    expect_same_everywhere(range<moment>(moment(sys_days(day)), moment(sys_days(day) + 1h)),
                           R"(["2024-02-29 00:00:00+00","2024-02-29 01:00:00+00"))", "tstzrange");
}

TEST_F(types_range, to_string_is_the_server_s_text) {
    for (const auto& r : {ints(1, 5), ints(including(-1), unbounded), ints(unbounded, unbounded), ints()}) {
        EXPECT_EQ(printed(r), to_string(r));
    }
}

TEST_F(types_range, contains_as_the_server_says) {
    using shares = range<share>;
    for (const bool from_inclusive : {false, true}) {
        for (const bool to_inclusive : {false, true}) {
            const range<std::int64_t> r({1, from_inclusive}, {3, to_inclusive});
            for (std::int64_t i = 0; i < 5; ++i) {
                const auto inside = run(connection_.fetch_one<bool>("select $1 @> $2", r, i));
                EXPECT_EQ(inside.value(), r.contains(i)) << to_string(r) << i;
            }
        }
    }
    EXPECT_EQ(printed(shares(including(share{0.5}), including(share{0.5}))), "[0.5,0.5]");
}

TEST_F(types_range, upside_down_is_refused_by_the_server) {
    const auto outcome = run(connection_.fetch_one<ints>("select $1", ints(5, 1)));
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().message(), "range lower bound must be less than or equal to range upper bound");
}

TEST_F(types_range, bounds_must_fit) {
    EXPECT_EQ(read<range<std::int64_t>>("int4range(1, 5)").value(), (range<std::int64_t>(1, 5)));
    EXPECT_TRUE(read<ints>("int8range(1, 1::int8 << 40)").error() == errc::value_out_of_range);
    EXPECT_TRUE(read<ints>("'[2024-02-29,)'::daterange").error() == errc::type_mismatch);
    EXPECT_TRUE(read<ints>("'{[1,2)}'::int4multirange").error() == errc::type_mismatch);
    EXPECT_TRUE(read<ints>("null::int4range").error() == errc::unexpected_null);
    EXPECT_TRUE(read<range<sys_days>>("'[2024-02-29,infinity)'::daterange").error() == errc::value_out_of_range);
}

TEST_F(types_range, multiranges) {
    using many = multirange<std::int32_t>;
    expect_same_everywhere(many{{ints(1, 5), ints(including(7), unbounded)}}, "{[1,5),[7,)}", "int4multirange");
    expect_same_everywhere(many{}, "{}", "int4multirange");
    expect_same_everywhere(multirange<std::int64_t>{{range<std::int64_t>(1, 5)}}, "{[1,5)}", "int8multirange");
    expect_same_everywhere(multirange<sys_days>{{range<sys_days>(unbounded, excluding(sys_days(2024y / May / 1)))}},
                           "{(,2024-05-01)}", "datemultirange");
    using moment = sys_time<microseconds>;
    expect_same_everywhere(multirange<moment>{{range<moment>(including(moment(sys_days(2024y / May / 1))), unbounded)}},
                           R"({["2024-05-01 00:00:00+00",)})", "tstzmultirange");
    using local = local_time<microseconds>;
    expect_same_everywhere(multirange<local>{{range<local>(including(local(local_days(2024y / May / 1))), unbounded)}},
                           R"({["2024-05-01 00:00:00",)})", "tsmultirange");
    EXPECT_TRUE(read<many>("int4range(1, 5)").error() == errc::type_mismatch);
}

TEST_F(types_range, multirange_is_put_in_order_by_the_server) {
    EXPECT_EQ(printed(multirange<std::int32_t>{{ints(7, 9), ints(), ints(1, 3), ints(2, 5)}}), "{[1,5),[7,9)}");
}

TEST_F(types_range, of_users) {
    const std::string type = "range_test.share_range", multi = "range_test.share_multirange";
    expect_same_everywhere(range<share>(share{0.25}, share{0.5}), "[0.25,0.5)", type);
    expect_same_everywhere(range<share>(excluding(share{0.25}), unbounded), "(0.25,)", type);
    expect_same_everywhere(range<share>(), "empty", type);
    expect_same_everywhere(multirange<share>{{range<share>(share{0.25}, share{0.5})}}, "{[0.25,0.5)}", multi);
    EXPECT_TRUE(read<range<share>>("int4range(1, 5)").error() == errc::type_mismatch);
}

TEST_F(types_range, of_users_are_read_by_what_they_are_made_of) {
    EXPECT_EQ(read<range<double>>("'[0.25,0.5)'::range_test.share_range").value(), (range(0.25, 0.5)));
    EXPECT_EQ(read<multirange<double>>("'{[0.25,0.5)}'::range_test.share_multirange").value(),
              (multirange<double>{{range(0.25, 0.5)}}));
    EXPECT_EQ(read<ints>("'[1,5)'::range_test.positive_range").value(), ints(1, 5));
    EXPECT_TRUE(read<ints>("'{[1,5)}'::range_test.positive_multirange").error() == errc::type_mismatch);
    EXPECT_EQ(read<multirange<std::int32_t>>("'{[1,5)}'::range_test.positive_multirange").value(),
              (multirange<std::int32_t>{{ints(1, 5)}}));
}

TEST_F(types_range, domain_over_one) {
    EXPECT_EQ(read<range<sys_days>>("'[2024-05-01,2024-06-01)'::range_test.month").value(),
              (range<sys_days>(sys_days(2024y / May / 1), sys_days(2024y / June / 1))));
    EXPECT_EQ(read<std::vector<range<sys_days>>>("'{\"[2024-05-01,)\"}'::range_test.month[]").value(),
              (std::vector{range<sys_days>(including(sys_days(2024y / May / 1)), unbounded)}));
}

TEST_F(types_range, built_in_numbers_are_the_catalogue_s) {
    struct row {
        pgcoro::oid_number subtype, range, range_array, multirange, multirange_array;
    };
    const auto families = run(connection_.fetch<row>(
        "select rngsubtype, rngtypid, r.typarray, rngmultitypid, m.typarray from pg_range "
        "join pg_type r on r.oid = rngtypid join pg_type m on m.oid = rngmultitypid where rngtypid < 16384"));
    ASSERT_TRUE(families.has_value()) << families.error().message();
    EXPECT_EQ(families.assume_value().size(), std::size(pgcoro::detail::range_families));
    for (const auto& f : families.assume_value()) {
        const auto ours = pgcoro::detail::range_family_of(f.subtype);
        EXPECT_EQ(ours.range, f.range);
        EXPECT_EQ(ours.range_array, f.range_array);
        EXPECT_EQ(ours.multirange, f.multirange);
        EXPECT_EQ(ours.multirange_array, f.multirange_array);
        EXPECT_EQ(pgcoro::array_element(f.multirange_array), f.multirange);
        EXPECT_EQ(pgcoro::array_element(f.range_array), f.range);
    }
}

} // namespace
