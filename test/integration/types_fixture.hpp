// SPDX-License-Identifier: BSL-1.0
// A connection, and questions to the server about one value. The judge is the server: what it prints a parameter as, and what
// it says two values are.
#pragma once

#include "support/shared_server.hpp"

#include <pgcoro/detail/field_access.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::test {

/// A value inside of another one: a composite type made for the test.
template <class T>
struct holder {
    T value;
    std::optional<T> missing;
};

} // namespace pgcoro::test

template <class T>
struct pgcoro::pg_type<pgcoro::test::holder<T>> : pgcoro::composite_type<pgcoro::test::holder<T>> {
    static constexpr std::string_view sql_name = "holder";
};

namespace pgcoro::test {

/// One connection for a test, and a way to wait for it.
class types_fixture : public ::testing::Test {
protected:
    void SetUp() override {
        auto made = run(connect(context_.get_executor(), shared_server().dsn()));
        ASSERT_TRUE(made.has_value()) << made.error().describe();
        connection_ = std::move(made).assume_value();
        ASSERT_TRUE(run(connection_.execute("set timezone = 'UTC'")).has_value());
    }

    template <class T>
    result<T> run(operation<T> operation) {
        result<T> outcome;
        std::move(operation)([&](result<T> r) {
            outcome = std::move(r);
            context_.stop();
        });
        context_.run();
        context_.restart();
        return outcome;
    }

    /// What the server prints a parameter as. `cast` is put behind its placeholder.
    template <class T>
    std::string printed(const T& value, const std::string& cast = "") {
        return asked("select ($1" + cast + ")::text", value);
    }

    /// What an SQL expression is read as.
    template <class T>
    result<T> read(const std::string& expression) {
        // By way of a rowset, or the compiler had to make a whole operation for each type.
        BOOST_OUTCOME_TRY(const auto rows, fetched(expression));
        return rows[0][0].template as<T>();
    }

    /// `value` is printed as `text`, has the type `type`, and `text` is read as `value`.
    template <class T>
    void expect_same(const T& value, const std::string& text, const std::string& type) {
        EXPECT_EQ(printed(value), text);
        EXPECT_EQ(type_of(value), type);
        const auto back = read<T>(quote_literal(text).value() + "::" + type);
        ASSERT_TRUE(back.has_value()) << back.error().message();
        EXPECT_TRUE(back.assume_value() == value) << text;
    }

    /// The same; and so in std::optional, where it is not NULL and where it is, in arrays with NULLs in them, of one dimension
    /// and of two that are counted from elsewhere, and in a composite.
    template <class T>
    void expect_same_everywhere(const T& value, const std::string& text, const std::string& type) {
        using nullable = std::optional<T>;
        using array = std::vector<nullable>;
        expect_same(value, text, type);
        const std::string literal = quote_literal(text).value() + "::" + type;

        EXPECT_EQ(printed(nullable(value)), text);
        EXPECT_TRUE(read<nullable>(literal).value() == value) << text;
        EXPECT_EQ(type_of(nullable()), type);
        EXPECT_EQ(read<nullable>("null::" + type).value(), std::nullopt);

        const array values{value, std::nullopt, value};
        const std::string expression = "array[" + literal + ", null, " + literal + "]";
        EXPECT_EQ(printed(values), read<std::string>("(" + expression + ")::text").value());
        EXPECT_EQ(type_of(values), type + "[]");
        EXPECT_TRUE(decoded<array>(expression) == values) << text;

        const pgcoro::array<nullable> square{{{2, 0}, {2, -5}}, {value, std::nullopt, std::nullopt, value}};
        const std::string rows = "array[[" + literal + ", null], [null, " + literal + "]]";
        const std::string square_text = "[0:1][-5:-4]=" + read<std::string>("(" + rows + ")::text").value();
        EXPECT_EQ(printed(square), square_text);
        EXPECT_TRUE(decoded<pgcoro::array<nullable>>(quote_literal(square_text).value() + "::" + type + "[]") == square)
            << text;

        make_holder(type);
        const holder<T> inside{value, std::nullopt};
        const std::string composite = "row(" + literal + ", null)::holder";
        EXPECT_EQ(printed(inside), read<std::string>("(" + composite + ")::text").value());
        const auto back = decoded<holder<T>>(composite);
        EXPECT_TRUE(back.value == value && !back.missing) << text;
    }

    /// A type that is text, as std::string: sent with a cast, for strings have no type; read alone, and both in arrays and in a
    /// composite.
    void expect_text_everywhere(const std::string& text, const std::string& type) {
        using strings = std::vector<std::optional<std::string>>;
        const std::string literal = quote_literal(text).value() + "::" + type;
        const std::string array = "array[" + literal + ", null]";
        const std::string printed_array = read<std::string>("(" + array + ")::text").value();
        EXPECT_EQ(read<std::string>(literal).value(), text) << type;
        EXPECT_EQ(printed(text, "::" + type), read<std::string>("(" + literal + ")::text").value()) << type;
        EXPECT_EQ(decoded<strings>(array), (strings{text, std::nullopt})) << type;
        EXPECT_EQ(printed(strings{text, std::nullopt}, "::" + type + "[]"), printed_array) << type;
        const auto square =
            decoded<pgcoro::array<std::optional<std::string>>>("'[0:0][7:8]={" + printed_array + "}'::" + type + "[]");
        EXPECT_EQ(square.dimensions, (std::vector<array_dimension>{{1, 0}, {2, 7}})) << type;
        EXPECT_EQ(square.elements, (strings{text, std::nullopt})) << type;

        make_holder(type);
        const std::string composite = "row(" + literal + ", null)::holder";
        EXPECT_EQ(decoded<holder<std::string>>(composite).value, text) << type;
        if (type != "\"char\"") { // whose binary form is no text
            EXPECT_EQ(printed(holder<std::string>{text, {}}), read<std::string>("(" + composite + ")::text").value()) << type;
        }
    }

    template <class T>
    std::string type_of(const T& value) {
        return asked("select pg_typeof($1)::text", value);
    }

private:
    void make_holder(const std::string& type) {
        if (type != held_) {
            held_ = type;
            ASSERT_TRUE(run(connection_.execute("drop type if exists pg_temp.holder")).has_value());
            const auto made = run(
                connection_.execute(unchecked_sql("create type pg_temp.holder as (value " + type + ", missing " + type + ")")));
            ASSERT_TRUE(made.has_value()) << made.error().message();
        }
    }

    /// As `read`, without a result<T>, which takes the compiler a while for each type.
    template <class T>
    T decoded(const std::string& expression) {
        T value{};
        const auto rows = fetched(expression);
        const auto view = detail::field_access::result(rows.value()[0][0]);
        EXPECT_TRUE(detail::accepts_type<T>(view.column_type(0), view.types())) << expression;
        EXPECT_EQ(detail::decode_value(view.column_type(0), view.cell(0, 0).bytes(), value, view.types()), errc{})
            << expression;
        return value;
    }

    template <class T>
    std::string asked(std::string sql, const T& value) {
        parameters values;
        values.push_back(value);
        return answered(std::move(sql), std::move(values));
    }
    std::string answered(std::string sql, parameters values) {
        const auto text = run(connection_.fetch_one<std::string>(unchecked_sql(std::move(sql)), std::move(values)));
        return text ? text.assume_value() : text.error().message();
    }
    result<rowset> fetched(const std::string& expression) {
        return run(connection_.fetch(unchecked_sql("select " + expression)));
    }

    boost::asio::io_context context_{1};
    std::string held_; // the type of what is in a holder

protected:
    connection connection_;
};

} // namespace pgcoro::test
