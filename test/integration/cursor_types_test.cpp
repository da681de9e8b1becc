// SPDX-License-Identifier: BSL-1.0
// Cursors of types that the session has to ask the server about, in their parameters and in their rows.
#include "cursor_fixture.hpp"

#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/enum.hpp>

#include <boost/describe.hpp>

namespace cursor_shop {

enum class size { small, large };
BOOST_DESCRIBE_ENUM(size, small, large)

struct shelf {
    std::int32_t number;
    size holds;
    friend bool operator==(const shelf&, const shelf&) = default;
};

} // namespace cursor_shop

template <>
struct pgcoro::pg_type<cursor_shop::size> : pgcoro::enum_type<cursor_shop::size> {
    static constexpr std::string_view sql_name = "cursor_shop.size";
};
template <>
struct pgcoro::pg_type<cursor_shop::shelf> : pgcoro::composite_type<cursor_shop::shelf> {
    static constexpr std::string_view sql_name = "cursor_shop.shelf";
};

namespace {

using namespace pgcoro::test;
using cursor_shop::shelf;
using cursor_shop::size;
using pgcoro::cursor_options;
using pgcoro::task;
using pgcoro::transaction;

class a_cursor_of_user_types : public cursor_test {
protected:
    a_cursor_of_user_types() {
        judge_.value("drop schema if exists cursor_shop cascade; create schema cursor_shop;"
                     " create type cursor_shop.size as enum ('small', 'large');"
                     " create type cursor_shop.shelf as (number int, holds cursor_shop.size)");
    }
};

TEST_F(a_cursor_of_user_types, reads_them_and_takes_them_as_parameters) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 10;
        auto c =
            tx.cursor<shelf>(options, "select row(n, $1)::cursor_shop.shelf from generate_series(1, 25) as s (n)", size::large);
        std::int32_t next = 1;
        for (const int count : {5, 10, 20}) {
            BOOST_OUTCOME_CO_TRY(auto shelves, co_await c.fetch(count));
            for (const auto& one : shelves) {
                EXPECT_EQ(one, (shelf{next++, size::large}));
            }
        }
        EXPECT_EQ(next, 26);
        co_return success();
    });
}

TEST_F(a_cursor_of_user_types, gives_rowsets_of_them) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 10;
        auto c = tx.cursor(options, "select row(n, 'small')::cursor_shop.shelf as s from generate_series(1, 25) as s (n)");
        std::int32_t next = 1;
        for (const int count : {5, 10, 20}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(count));
            EXPECT_EQ(rows.columns()[0].type_name(), "cursor_shop.shelf");
            for (const auto row : rows) {
                BOOST_OUTCOME_CO_TRY(auto one, row["s"].as<shelf>());
                EXPECT_EQ(one, (shelf{next++, size::small}));
            }
        }
        EXPECT_EQ(next, 26);
        co_return success();
    });
}

} // namespace
