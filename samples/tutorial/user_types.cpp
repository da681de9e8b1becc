// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/types.md about types that users create.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/enum.hpp>

#include <complex>

using tutorial::expect;

// [enum]
enum class mood { sad, fine };
BOOST_DESCRIBE_ENUM(mood, sad, fine)

template <>
struct pgcoro::pg_type<mood> : pgcoro::enum_type<mood> {
    static constexpr std::string_view sql_name = "mood";
};
// [/enum]

// [labels]
enum class colour { light_blue, red };

template <>
struct pgcoro::pg_type<colour> : pgcoro::enum_type<colour> {
    static constexpr std::string_view sql_name = "colour";
    static constexpr pgcoro::enum_label<colour> labels[] = {{colour::light_blue, "light blue"}, {colour::red, "red"}};
};
// [/labels]

// [composite]
struct address {
    std::string street;
    std::optional<int> number;
};

template <>
struct pgcoro::pg_type<address> : pgcoro::composite_type<address> {
    static constexpr std::string_view sql_name = "address";
};
// [/composite]

// [strong]
struct user_id {
    std::int64_t value;
};

template <>
struct pgcoro::pg_type<user_id> : pgcoro::strong_type<&user_id::value> {};
// [/strong]

// [own]
// A complex number as PostgreSQL's point: two float8, the real part first.
template <>
struct pgcoro::pg_type<std::complex<double>> {
    static constexpr std::string_view name = "std::complex<double>"; // for messages
    static constexpr oid_number oid = oids::point;
    static constexpr oid_number array_oid = oids::point_array;

    static void encode(const std::complex<double>& value, value_writer& out) {
        pg_type<double>::encode(value.real(), out);
        pg_type<double>::encode(value.imag(), out);
    }
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, std::complex<double>& out) noexcept {
        double real = 0;
        double imaginary = 0;
        if (bytes.size() != 16 || pg_type<double>::decode(oids::float8, bytes.first(8), real) != errc{} ||
            pg_type<double>::decode(oids::float8, bytes.last(8), imaginary) != errc{}) {
            return errc::malformed_value;
        }
        out = {real, imaginary};
        return {};
    }
};
// [/own]

namespace {

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set search_path = pg_temp"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create type pg_temp.mood as enum ('sad', 'fine')"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create type pg_temp.address as (street text, number int)"));
    // [use]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create temp table people (id int8, feels mood, home address)"));
    const address home{"Elm Street", 7};
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into people values ($1, $2, $3)", user_id{1}, mood::fine, home));
    using person = std::tuple<user_id, mood, address>;
    BOOST_OUTCOME_CO_TRY(auto found, co_await db.fetch_one<person>("select * from people where feels = $1", mood::fine));
    std::cout << std::get<address>(found).street << '\n'; // Elm Street
    // [/use]
    expect(std::get<address>(found).street == "Elm Street");
    BOOST_OUTCOME_CO_TRY(auto moved,
                         co_await db.fetch_one<std::complex<double>>("select $1 + point(1, 1)", std::complex<double>(1, 2)));
    expect(moved == std::complex<double>(2, 3));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
