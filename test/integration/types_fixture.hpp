// SPDX-License-Identifier: BSL-1.0
// A connection, and questions to the server about one value. The judge is the server: what it prints a parameter as, and what
// it says two values are.
#pragma once

#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

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

    /// The same; and so in std::optional, where it is not NULL and where it is, and in an array with a NULL in it.
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
        EXPECT_TRUE(read<array>(expression).value() == values) << text;
    }

    template <class T>
    std::string type_of(const T& value) {
        return asked("select pg_typeof($1)::text", value);
    }

private:
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

protected:
    connection connection_;
};

} // namespace pgcoro::test
