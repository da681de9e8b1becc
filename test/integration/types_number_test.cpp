// SPDX-License-Identifier: BSL-1.0
// numeric, money and the special values of floating point, to the server and back.
#include "types_fixture.hpp"

#include <pgcoro/types/multiprecision.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::numeric;
using types = pgcoro::test::types_fixture;
namespace mp = boost::multiprecision;

numeric parsed(const std::string& text) { return numeric::parse(text).value(); }

TEST_F(types, numerics) {
    for (const std::string text :
         {"0", "0.000", "1", "-1", "10", "9999", "10000", "-10000.0001", "0.0001", "0.00001", "1.50",
          "123456789012345678901234567890.123456789012345678901234567890", "100000000", "NaN", "Infinity", "-Infinity"}) {
        expect_same_everywhere(parsed(text), text, "numeric");
        EXPECT_EQ(to_string(read<numeric>("'" + text + "'::numeric").value()), text);
    }
}

TEST_F(types, numerics_at_the_ends_of_their_range) {
    const std::string largest = std::string(131072, '9') + "." + std::string(16383, '9');
    const std::string smallest = "-0." + std::string(16382, '0') + "1";
    for (const std::string& text : {largest, smallest}) {
        EXPECT_TRUE(printed(parsed(text)) == text);
        EXPECT_TRUE(to_string(read<numeric>("'" + text + "'::numeric").value()) == text);
    }
}

TEST_F(types, numeric_parses_and_prints_like_the_server) {
    for (const std::string text : {" 1.5e3 ", "1.50e1", "15E-3", "-.5", "5.", "0e-3", "-0.00", "007.70", "inf", "-INFINITY",
                                   "1e100", "12345e-10", "nan"}) {
        EXPECT_EQ(to_string(parsed(text)), read<std::string>("('" + text + "'::numeric)::text").value()) << text;
    }
    for (const std::string text : {"", ".", "1e", "1 2", "1e131072", "1e-16384"}) {
        EXPECT_FALSE(numeric::parse(text).has_value()) << text;
        EXPECT_FALSE(read<std::string>("('" + text + "'::numeric)::text").has_value()) << text;
    }
}

TEST_F(types, numeric_compares_like_the_server) {
    const std::vector<std::string> texts{"NaN",   "-Infinity", "Infinity", "0",     "0.00",   "1",      "-1",   "1.0001",
                                         "10000", "9999.9999", "-10000",   "-9999", "0.0001", "-1e-10", "1e50", "1.00010"};
    for (const auto& a : texts) {
        for (const auto& b : texts) {
            const std::string both = "'" + a + "'::numeric, '" + b + "'::numeric";
            const auto order = parsed(a) <=> parsed(b);
            EXPECT_EQ(order < 0 ? -1 : order > 0 ? 1 : 0, read<int>("numeric_cmp(" + both + ")").value()) << both;
        }
    }
}

TEST_F(types, numeric_results_of_the_server) {
    EXPECT_EQ(read<numeric>("sum(x) from generate_series(1, 10::bigint) x").value(), 55);
    EXPECT_EQ(read<numeric>("7::int2").value().to<int>().value(), 7);
    EXPECT_EQ(read<std::int64_t>("sum(x) from generate_series(1, 10::bigint) x").value(), 55);
    EXPECT_EQ(read<int>("-100000::numeric").value(), -100000);
    EXPECT_EQ(read<std::uint64_t>("18446744073709551615::numeric").value(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_TRUE(read<int>("1.5::numeric").error() == errc::value_out_of_range);
    EXPECT_TRUE(read<double>("1.5::numeric").error() == errc::type_mismatch) << "to_double() says that it rounds";
    EXPECT_EQ(to_string(read<numeric>("1::numeric / 3").value()), read<std::string>("(1::numeric / 3)::text").value());
    EXPECT_EQ(read<numeric>("0.1::float8::numeric").value(), numeric(0.1));
    EXPECT_EQ(printed(numeric(0.1)), "0.1");
    EXPECT_EQ(printed(numeric(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
}

TEST_F(types, numerics_of_boost_multiprecision) {
    expect_same_everywhere(mp::cpp_int("-123456789012345678901234567890"), "-123456789012345678901234567890", "numeric");
    expect_same_everywhere(mp::cpp_int(0), "0", "numeric");
    expect_same_everywhere(mp::uint128_t("340282366920938463463374607431768211455"), "340282366920938463463374607431768211455",
                           "numeric");
    expect_same_everywhere(mp::cpp_dec_float_50("-12345678901234567890.000000000001"), "-12345678901234567890.000000000001",
                           "numeric");
    EXPECT_TRUE(read<mp::cpp_int>("0.5::numeric").error() == errc::value_out_of_range);
    EXPECT_TRUE(read<mp::cpp_dec_float_50>("'Infinity'::numeric").value() > 0);
    EXPECT_EQ(read<mp::cpp_int>("factorial(100)").value().str(), read<std::string>("factorial(100)::text").value());
}

TEST_F(types, ranges_of_numeric) {
    using range = pgcoro::range<numeric>;
    const range half(pgcoro::excluding(parsed("-0.50")), pgcoro::including(parsed("1e3")));
    expect_same_everywhere(half, "(-0.50,1000]", "numrange");
    expect_same_everywhere(pgcoro::multirange<numeric>{{half, range(pgcoro::including(parsed("2000.1")), pgcoro::unbounded)}},
                           "{(-0.50,1000],[2000.1,)}", "nummultirange");
    EXPECT_EQ(read<pgcoro::range<int>>("'[1,5]'::numrange").value(),
              pgcoro::range<int>(pgcoro::including(1), pgcoro::including(5)));
}

TEST_F(types, money) {
    ASSERT_TRUE(run(connection_.execute("set lc_monetary = 'C'")).has_value());
    using limits = std::numeric_limits<std::int64_t>;
    expect_same_everywhere(pgcoro::money(123456), "$1,234.56", "money");
    expect_same_everywhere(pgcoro::money(-5), "-$0.05", "money");
    expect_same(pgcoro::money(limits::max()), "$92,233,720,368,547,758.07", "money");
    expect_same(pgcoro::money(limits::min()), "-$92,233,720,368,547,758.08", "money");
}

TEST_F(types, floating_point_numbers_that_are_special) {
    using limits = std::numeric_limits<double>;
    expect_same_everywhere(limits::infinity(), "Infinity", "double precision");
    expect_same_everywhere(-limits::infinity(), "-Infinity", "double precision");
    expect_same_everywhere(std::numeric_limits<float>::infinity(), "Infinity", "real");
    expect_same_everywhere(limits::max(), "1.7976931348623157e+308", "double precision");
    expect_same_everywhere(std::numeric_limits<float>::denorm_min(), "1e-45", "real");
    EXPECT_EQ(printed(-0.0), "-0");
    EXPECT_EQ(printed(-0.0f), "-0");
    EXPECT_TRUE(std::signbit(read<double>("'-0'::float8").value()));
    EXPECT_TRUE(std::isnan(read<double>("'NaN'::float8").value()));
    EXPECT_TRUE(std::isnan(read<float>("'NaN'::float4").value()));
    EXPECT_EQ(printed(std::numeric_limits<float>::quiet_NaN()), "NaN");
    EXPECT_EQ(printed(std::vector<std::optional<double>>{limits::quiet_NaN(), std::nullopt, -0.0}), "{NaN,NULL,-0}");
}

} // namespace
