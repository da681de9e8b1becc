// SPDX-License-Identifier: BSL-1.0
// The binary COPY format against a real server: libpq carries the bytes, the server says what it made of them.
#include "support/libpq_session.hpp"
#include "types_fixture.hpp"

#include <pgcoro/detail/copy_decoder.hpp>
#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/detail/copy_statement.hpp>
#include <pgcoro/types/network.hpp>

#include <boost/describe/enum.hpp>

#include <chrono>
#include <memory>
#include <tuple>

namespace shop {

enum class sky { sun, rain };
BOOST_DESCRIBE_ENUM(sky, sun, rain)

struct site {
    int number;
    std::optional<std::string> street;
    std::vector<sky> forecast;
    friend bool operator==(const site&, const site&) = default;
};

struct report {
    std::int64_t id;
    std::int32_t count;
    double value;
    std::string name;
    std::chrono::sys_time<std::chrono::microseconds> at;
    std::optional<pgcoro::numeric> price;
    std::vector<std::optional<int>> numbers;
    sky seen;
    std::optional<site> where;
    friend bool operator==(const report&, const report&) = default;
};

} // namespace shop

template <>
struct pgcoro::pg_type<shop::sky> : pgcoro::enum_type<shop::sky> {
    static constexpr std::string_view sql_name = "sky";
};
template <>
struct pgcoro::pg_type<shop::site> : pgcoro::composite_type<shop::site> {
    static constexpr std::string_view sql_name = "site";
};

namespace {

using namespace pgcoro::test;
using pgcoro::detail::byte_buffer;
using pgcoro::detail::result_view;

class types_copy : public types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        for (const char* sql :
             {"set client_min_messages = warning", "set timezone = 'UTC'", "drop table if exists copied, reports",
              "drop domain if exists copied_int", "drop type if exists site, sky", "create type sky as enum ('sun', 'rain')",
              "create type site as (number int, street varchar, forecast sky[])",
              "create domain copied_int as int check (value > 0)",
              "create table reports (id int8, count int, value float8, name text, at timestamptz, price numeric, "
              "numbers int[], seen sky, \"where\" site)"}) {
            ASSERT_EQ(judge_.value(sql), "") << sql;
        }
    }

    /// The columns of a query, with what the connection learned of their types.
    result_view columns(const std::string& query) {
        described_ = std::make_unique<pgcoro::rowset>(run(connection_.fetch(pgcoro::unchecked_sql(query))).value());
        return pgcoro::detail::field_access::result((*described_)[0][0]);
    }

    /// Feeds a COPY with pieces of a few bytes each. The command tag, or the error.
    std::string feed(const std::string& statement, const byte_buffer& bytes) {
        constexpr std::size_t piece = 7;
        PQclear(PQexec(judge_.native(), statement.c_str()));
        const auto* const data = reinterpret_cast<const char*>(bytes.data());
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            EXPECT_EQ(PQputCopyData(judge_.native(), data + at, static_cast<int>(std::min(piece, bytes.size() - at))), 1);
        }
        EXPECT_EQ(PQputCopyEnd(judge_.native(), nullptr), 1);
        std::string outcome;
        while (PGresult* const r = PQgetResult(judge_.native())) {
            outcome = PQresultStatus(r) == PGRES_COMMAND_OK ? PQcmdStatus(r) : PQresultErrorMessage(r);
            PQclear(r);
        }
        return outcome;
    }

    /// Copies rows into a table. The command tag, or the error, ours or the server's.
    template <class Row>
    std::string copy_in(const pgcoro::copy_target& target, const std::vector<Row>& rows) {
        pgcoro::detail::copy_encoder<Row> encoder(columns(pgcoro::detail::describe_statement(target).value()));
        if (const auto failure = encoder.open()) {
            return failure.message();
        }
        byte_buffer bytes;
        pgcoro::detail::append_copy_header(bytes);
        for (const auto& row : rows) {
            if (!encoder.append(row, bytes)) {
                return encoder.failure().message();
            }
        }
        pgcoro::detail::append_copy_trailer(bytes);
        return feed(pgcoro::detail::copy_in_statement(target).value(), bytes);
    }

    /// What the server prints after a value was copied into a column of the type; or the error.
    template <class T>
    std::string stored(const T& value, const std::string& type) {
        judge_.value("drop table if exists copied");
        EXPECT_EQ(judge_.value("create table copied (c " + type + ")"), "") << type;
        const std::vector<std::tuple<T>> rows{std::tuple<T>(value)};
        const auto outcome = copy_in("copied", rows);
        return outcome == "COPY 1" ? judge_.value("select c::text from copied") : outcome;
    }

    std::string stored(const char* value, const std::string& type) { return stored<const char*>(value, type); }

    template <class Row>
    std::vector<Row> copy_out(const std::string& query) {
        pgcoro::detail::copy_decoder<Row> decoder(columns(query + " limit 0"));
        pgcoro::error failure = decoder.open();
        pgcoro::detail::row_chunk<Row> rows;
        PQclear(PQexec(judge_.native(), pgcoro::detail::copy_out_statement(query).c_str()));
        char* message = nullptr;
        while (const int size = PQgetCopyData(judge_.native(), &message, 0)) {
            if (size < 0) {
                break;
            }
            if (!failure) {
                failure = decoder.append(std::as_bytes(std::span(message, static_cast<std::size_t>(size))), rows);
            }
            PQfreemem(message);
        }
        while (PGresult* const r = PQgetResult(judge_.native())) {
            EXPECT_EQ(PQresultStatus(r), PGRES_COMMAND_OK) << PQresultErrorMessage(r);
            PQclear(r);
        }
        if (!failure) {
            failure = decoder.finish();
        }
        EXPECT_FALSE(failure) << failure.message();
        return std::move(rows.vector());
    }

    libpq_session judge_{shared_server().dsn()};

private:
    std::unique_ptr<pgcoro::rowset> described_;
};

const std::chrono::sys_time<std::chrono::microseconds> noon =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 28) + std::chrono::hours(12);

std::vector<shop::report> some_reports() {
    return {{1,
             2,
             0.5,
             "first",
             noon,
             pgcoro::numeric::parse("12.50").value(),
             {1, std::nullopt},
             shop::sky::rain,
             shop::site{7, "Main St", {shop::sky::sun, shop::sky::rain}}},
            {2, -3, 1e300, "", noon, std::nullopt, {}, shop::sky::sun, std::nullopt}};
}

TEST_F(types_copy, rows_that_are_encoded_are_those_the_server_stores) {
    EXPECT_EQ(copy_in("public.reports", some_reports()), "COPY 2");

    EXPECT_EQ(judge_.value("select string_agg(r::text, ' ' order by id) from reports r"),
              R"--((1,2,0.5,first,"2026-11-28 12:00:00+00",12.50,"{1,NULL}",rain,"(7,""Main St"",""{sun,rain}"")") )--"
              R"--((2,-3,1e+300,"","2026-11-28 12:00:00+00",,{},sun,))--");
}

TEST_F(types_copy, rows_that_the_server_sends_are_decoded) {
    ASSERT_EQ(copy_in("reports", some_reports()), "COPY 2");
    EXPECT_EQ(copy_out<shop::report>("select * from reports order by id"), some_reports());
}

TEST_F(types_copy, no_row_is_decoded_where_there_is_none) {
    EXPECT_TRUE(copy_out<shop::report>("select * from reports").empty());
}

TEST_F(types_copy, rows_of_any_size_and_number_are_decoded) {
    using row = std::tuple<int, std::optional<std::string>>;
    const auto rows = copy_out<row>("select i, repeat('x', i) from generate_series(1, 3000) i");
    ASSERT_EQ(rows.size(), 3000U);
    EXPECT_EQ(rows[2999], row(3000, std::string(3000, 'x')));
    EXPECT_EQ(copy_out<std::string>("select repeat('x', 3000000) as x").at(0).size(), 3000000U);
}

TEST_F(types_copy, columns_may_be_some_of_the_table_in_another_order) {
    using row = std::pair<std::string, std::int32_t>;
    EXPECT_EQ(copy_in({"reports", {"name", "id"}}, std::vector<row>{{"only", 5}}), "COPY 1");
    EXPECT_EQ(judge_.value("select (id, name, value)::text from reports"), "(5,only,)");
}

TEST_F(types_copy, numbers_are_stored_in_larger_types) {
    EXPECT_EQ(stored(std::int16_t{-7}, "int4"), "-7");
    EXPECT_EQ(stored(std::int16_t{-7}, "float4"), "-7");
    EXPECT_EQ(stored(-7, "int8"), "-7");
    EXPECT_EQ(stored(-7, "float8"), "-7");
    EXPECT_EQ(stored(0.25F, "float8"), "0.25");
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{-10'000}, std::int64_t{1'234'567'890}, INT64_MAX, INT64_MIN}) {
        EXPECT_EQ(stored(number, "numeric"), std::to_string(number));
    }
    EXPECT_EQ(stored(12, "numeric(4,2)"), "12.00");
    EXPECT_EQ(stored(std::vector<int>{1, -2}, "int8[]"), "{1,-2}");
    EXPECT_EQ(stored(std::vector<std::vector<std::int16_t>>{{1, 2}, {3, 4}}, "numeric[]"), "{{1,2},{3,4}}");
}

TEST_F(types_copy, text_is_stored_in_every_type_of_text) {
    for (const char* type : {"text", "varchar(3)", "char(3)", "name", "json", "jsonb", "xml", "refcursor"}) {
        EXPECT_EQ(stored(std::string("123"), type), "123") << type;
    }
    EXPECT_EQ(stored("rain", "sky"), "rain");
    EXPECT_EQ(stored(shop::sky::rain, "text"), "rain");
    EXPECT_EQ(stored(pgcoro::json("[1]"), "json"), "[1]");
    EXPECT_EQ(stored(std::vector<std::string>{"a", "b"}, "varchar[]"), "{a,b}");
    EXPECT_EQ(stored(std::vector<std::string>{"sun", "rain"}, "sky[]"), "{sun,rain}");
    EXPECT_EQ(stored(std::vector<std::string>{"1"}, "jsonb[]"), "{1}");
}

TEST_F(types_copy, types_that_users_create_are_stored) {
    using skys = std::vector<std::optional<shop::sky>>;
    EXPECT_EQ(stored(skys{shop::sky::sun, std::nullopt}, "sky[]"), "{sun,NULL}");
    EXPECT_EQ(stored(std::vector<shop::site>{{1, "a", {}}}, "site[]"), R"--({"(1,a,{})"})--");
    EXPECT_EQ(stored(5, "copied_int"), "5");
    EXPECT_EQ(stored(std::vector<std::int16_t>{5}, "copied_int[]"), "{5}");
    EXPECT_NE(stored(-5, "copied_int").find("violates check constraint"), std::string::npos);
}

TEST_F(types_copy, types_of_equal_format_are_stored_in_one_another) {
    EXPECT_EQ(stored(pgcoro::bit_string::parse("101").value(), "bit(3)"), "101");
    EXPECT_EQ(stored(boost::asio::ip::make_network_v4("10.0.0.0/8"), "inet"), "10.0.0.0/8");
    EXPECT_EQ(stored(pgcoro::object_id{1259}, "regclass"), "pg_class");
}

TEST_F(types_copy, every_alternative_and_a_list_of_parameters_is_stored) {
    using number = std::variant<std::monostate, int, std::int64_t>;
    EXPECT_EQ(stored(number(1), "int8"), "1");
    EXPECT_EQ(stored(number(std::int64_t{2}), "int8"), "2");
    EXPECT_EQ(stored(number(), "int8"), "");
    const std::vector<pgcoro::parameters> rows{pgcoro::detail::encode_parameters(3, "three", shop::sky::rain)};
    EXPECT_EQ(copy_in({"reports", {"id", "name", "seen"}}, rows), "COPY 1");
    EXPECT_EQ(judge_.value("select (id, name, seen)::text from reports"), "(3,three,rain)");
}

TEST_F(types_copy, refusals_name_the_column_and_both_types) {
    EXPECT_EQ(stored(std::int64_t{1}, "int4"), "column 1 \"c\" (int4) cannot be written from std::int64_t");
    EXPECT_EQ(stored(std::string("1"), "int4"), "column 1 \"c\" (int4) cannot be written from std::string");
    EXPECT_EQ(stored(1, "sky"), "column 1 \"c\" (sky) cannot be written from std::int32_t");
    EXPECT_EQ(stored(shop::sky::sun, "site"), "column 1 \"c\" (site) cannot be written from shop::sky");
    EXPECT_EQ(stored(std::vector<shop::sky>(), "site[]"),
              "column 1 \"c\" (site[]) cannot be written from std::vector<shop::sky>");
}

TEST_F(types_copy, composite_that_has_changed_is_refused_with_its_row) {
    ASSERT_EQ(judge_.value("drop table reports"), "");
    ASSERT_EQ(judge_.value("alter type site alter attribute number type int8"), "");
    EXPECT_EQ(
        stored(shop::site{1, "a", {}}, "site"),
        "row 1, column 1 \"c\" (site): attribute 1 (number) of the composite type \"site\" is int8, but the value is int4");
}

} // namespace
