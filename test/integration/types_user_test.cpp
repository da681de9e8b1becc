// SPDX-License-Identifier: BSL-1.0
// Types that users and extensions create: enums, composites, domains. Their numbers are found by name, once for a connection,
// and again when they have changed.
#include "support/proxy.hpp"
#include "support/run.hpp"
#include "types_fixture.hpp"

#include <boost/describe/enum.hpp>

#include <stdexcept>
#include <tuple>
#include <vector>

namespace shop {

enum class mood { sad, fine };
BOOST_DESCRIBE_ENUM(mood, sad, fine)

struct place {
    int number;
    std::optional<std::string> street;
    friend bool operator==(const place&, const place&) = default;
};

struct person {
    std::string name;
    mood feels;
    std::optional<place> home;
    friend bool operator==(const person&, const person&) = default;
};

struct unheard_of {
    int value;
};

enum class explosive { sad };

} // namespace shop

template <>
struct pgcoro::pg_type<shop::mood> : pgcoro::enum_type<shop::mood> {
    static constexpr std::string_view sql_name = "test_shop.mood";
};
template <>
struct pgcoro::pg_type<shop::place> : pgcoro::composite_type<shop::place> {
    static constexpr std::string_view sql_name = "test_shop.place";
};
template <>
struct pgcoro::pg_type<shop::person> : pgcoro::composite_type<shop::person> {
    static constexpr std::string_view sql_name = "person"; // through the search path
};
template <>
struct pgcoro::pg_type<shop::unheard_of> : pgcoro::composite_type<shop::unheard_of> {
    static constexpr std::string_view sql_name = "unheard_of";
};

template <>
struct pgcoro::pg_type<shop::explosive> {
    static constexpr std::string_view name = "shop::explosive";
    static constexpr std::string_view sql_name = "test_shop.mood";
    static errc decode(oid_number, value_bytes, shop::explosive&) { throw std::runtime_error("not this one"); }
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;
using shop::mood;
using shop::person;
using shop::place;

// Made anew for each test, so that the numbers differ from test to test.
constexpr std::string_view shop_schema =
    "drop schema if exists test_shop cascade;"
    "create schema test_shop;"
    "create type test_shop.mood as enum ('sad', 'fine', 'furious');"
    "create domain test_shop.street as varchar check (value <> '');"
    "create domain test_shop.main_street as test_shop.street;"
    "create type test_shop.place as (number int, street test_shop.main_street);"
    "create type test_shop.person as (name varchar, feels test_shop.mood, home test_shop.place);";

void create_schema(const pgcoro::connect_config& config = shared_server().dsn()) {
    asio::io_context loop;
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config));
        std::string_view rest = shop_schema;
        while (!rest.empty()) {
            const auto end = rest.find(';');
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(std::string(rest.substr(0, end)))));
            rest.remove_prefix(end + 1);
        }
        c.close();
        co_return success();
    });
}

class types_user : public types_fixture {
protected:
    void SetUp() override {
        create_schema();
        types_fixture::SetUp();
        ASSERT_TRUE(run(connection_.execute("set search_path = test_shop, public")));
    }

    pgcoro::result<pgcoro::command_tag> execute(const std::string& sql) { return run(connection_.execute(unchecked_sql(sql))); }
};

TEST_F(types_user, an_enum_is_read_and_sent) {
    EXPECT_EQ(read<mood>("'fine'::mood").value(), mood::fine);
    EXPECT_EQ(printed(mood::sad, "::mood"), "sad");
    EXPECT_EQ(run(connection_.fetch_one<mood>("select $1::mood", mood::fine)).value(), mood::fine);
    EXPECT_EQ(read<std::optional<mood>>("null::mood").value(), std::nullopt);
}

TEST_F(types_user, an_unknown_label_is_an_error_that_names_the_column_and_both_types) {
    const auto r = run(connection_.fetch_one<mood>("select 'furious'::mood as feeling"));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error(), errc::unknown_label);
    EXPECT_EQ(r.error().message(), "column 1 \"feeling\" (mood) in row 1 has a label that shop::mood does not have");
}

TEST_F(types_user, an_enum_is_read_as_text_too) {
    EXPECT_EQ(read<std::string>("'furious'::mood").value(), "furious");
    const auto rows = run(connection_.fetch("select 'sad'::mood as feeling")).value();
    EXPECT_EQ(rows[0]["feeling"].as<std::string>().value(), "sad");
    EXPECT_EQ(rows[0]["feeling"].text().value(), "sad");
}

TEST_F(types_user, another_type_is_a_mismatch_that_names_both) {
    const auto r = run(connection_.fetch_one<mood>("select 'x'::text as feeling"));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error(), errc::type_mismatch);
    EXPECT_EQ(r.error().message(), "column 1 \"feeling\" (text) cannot be read into shop::mood");
    const auto other = run(connection_.fetch_one<place>("select 'sad'::mood as feeling"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().message(), "column 1 \"feeling\" (mood) cannot be read into shop::place");
}

TEST_F(types_user, a_composite_is_read_and_sent) {
    const place corner{7, "Elm"};
    EXPECT_EQ(read<place>("row(7, 'Elm')::place").value(), corner);
    EXPECT_EQ(printed(corner), "(7,Elm)");
    EXPECT_EQ(printed(place{7, std::nullopt}), "(7,)");
    EXPECT_EQ(type_of(corner), "place");
    const auto none = run(connection_.fetch_one<std::optional<place>>("select $1::place", std::optional<place>()));
    EXPECT_EQ(none.value(), std::nullopt);
}

TEST_F(types_user, composites_are_in_arrays_and_in_composites) {
    expect_same_everywhere(place{7, "Elm \"Street\""}, R"((7,"Elm ""Street"""))", "place");
    expect_same_everywhere(place{7, std::nullopt}, "(7,)", "place");
    const std::vector<std::optional<mood>> moods{mood::sad, std::nullopt};
    EXPECT_EQ(printed(moods), "{sad,NULL}");
    EXPECT_EQ(read<std::vector<std::optional<mood>>>("array['sad', null]::mood[]").value(), moods);
}

TEST_F(types_user, composites_hold_enums_domains_and_composites) {
    const person nina{"Nina", mood::fine, place{7, "Elm"}};
    EXPECT_EQ(printed(nina), "(Nina,fine,\"(7,Elm)\")");
    EXPECT_EQ(run(connection_.fetch_one<person>("select $1", nina)).value(), nina);
    const person homeless{"Max", mood::sad, std::nullopt};
    EXPECT_EQ(run(connection_.fetch_one<person>("select $1", homeless)).value(), homeless);
}

TEST_F(types_user, a_table_has_columns_of_them) {
    ASSERT_TRUE(execute("create temp table people (id int, who person, feels mood)"));
    const person nina{"Nina", mood::fine, place{7, "Elm"}};
    const std::vector<std::tuple<int, person, mood>> all{{1, nina, mood::sad}, {2, nina, mood::fine}};
    ASSERT_TRUE(run(connection_.execute_many("insert into people values ($1, $2, $3)", all)));
    const auto back = run(connection_.fetch<std::tuple<int, person, mood>>("select * from people order by id"));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back.value(), all);
}

TEST_F(types_user, one_row_of_many_may_be_the_first_with_a_type) {
    ASSERT_TRUE(execute("create temp table moods (id int, feels mood)"));
    std::vector<pgcoro::parameters> rows(3);
    rows[0].push_back(1);
    rows[0].push_back(std::nullopt);
    rows[1].push_back(2);
    rows[1].push_back(mood::sad);
    rows[2].push_back(3);
    rows[2].push_back(nullptr);
    const auto added = run(connection_.execute_many("insert into moods values ($1, $2)", rows));
    ASSERT_TRUE(added) << added.error();
    EXPECT_EQ(run(connection_.fetch_one<int>("select id from moods where feels = $1", mood::sad)).value(), 2);
}

TEST_F(types_user, a_composite_of_other_attributes_is_an_error) {
    ASSERT_TRUE(execute("alter type place add attribute floor int"));
    const auto read_back = run(connection_.fetch_one<place>("select row(7, 'Elm', 3)::place as home"));
    ASSERT_FALSE(read_back);
    EXPECT_EQ(read_back.error(), errc::attribute_mismatch);
    EXPECT_EQ(read_back.error().message(),
              "column 1 \"home\" (place) in row 1 cannot be read into shop::place: place has 3 attributes (number int4, street "
              "main_street, floor int4), shop::place has 2");
}

TEST_F(types_user, an_anonymous_record_is_a_tuple) {
    using record = std::tuple<int, std::string, std::optional<double>>;
    const auto r = run(connection_.fetch_one<std::tuple<record, int>>("select row(1, 'a'::text, null::float8), 2"));
    ASSERT_TRUE(r) << r.error();
    EXPECT_EQ(r.value(), std::tuple(record(1, "a", std::nullopt), 2));
}

TEST_F(types_user, a_domain_is_what_it_is_made_of) {
    EXPECT_EQ(read<std::string>("'Elm'::street").value(), "Elm");
    const auto refused = run(connection_.fetch_one<std::string>("select $1::street", ""));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), pgcoro::sqlstate::check_violation);
}

TEST_F(types_user, a_type_the_server_does_not_know_is_an_error_before_anything_is_sent) {
    const auto r = run(connection_.execute("select $1", shop::unheard_of{1}));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error(), errc::unknown_type);
    EXPECT_TRUE(r.error().is(pgcoro::error::nothing_sent));
    EXPECT_EQ(r.error().message(), "the server has no type \"unheard_of\"");
    EXPECT_TRUE(run(connection_.execute("select 1")));
}

TEST_F(types_user, in_an_aborted_transaction_the_server_cannot_be_asked) {
    ASSERT_TRUE(execute("begin"));
    ASSERT_FALSE(execute("select 1 / 0"));
    const auto r = run(connection_.execute("select $1", place{7, "Elm"}));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error(), pgcoro::sqlstate::in_failed_sql_transaction);
    ASSERT_TRUE(execute("rollback"));
    EXPECT_EQ(printed(place{7, "Elm"}), "(7,Elm)");
}

TEST_F(types_user, one_that_was_dropped_and_created_again_is_found_again) {
    const place corner{7, "Elm"};
    const auto both_ways = [&](const std::string& note) {
        const auto r = run(connection_.fetch_one<place>("select $1", corner));
        EXPECT_TRUE(r) << note << ": " << r.error();
        const auto other = run(connection_.fetch_one<place>(unchecked_sql("select row(7, 'Elm')::place -- " + note)));
        EXPECT_TRUE(other) << note << ": " << other.error();
    };
    both_ways("before");
    create_schema();
    both_ways("after");
    both_ways("again");
}

TEST_F(types_user, in_a_transaction_that_is_an_error_and_found_the_next_time) {
    const place corner{7, "Elm"};
    ASSERT_TRUE(run(connection_.fetch_one<place>("select $1", corner)));
    create_schema();
    ASSERT_TRUE(execute("begin"));
    EXPECT_FALSE(run(connection_.fetch_one<place>("select $1", corner)));
    ASSERT_TRUE(execute("rollback"));
    EXPECT_TRUE(run(connection_.fetch_one<place>("select $1", corner)));
}

TEST_F(types_user, rows_know_the_names_of_their_types) {
    const auto rows = run(connection_.fetch("select 'sad'::mood, row(7, 'Elm')::place, array['sad']::mood[]")).value();
    EXPECT_EQ(rows.columns()[0].type_name(), "mood");
    EXPECT_EQ(rows.columns()[1].type_name(), "place");
    EXPECT_EQ(rows.columns()[2].type_name(), "mood[]");
    EXPECT_EQ(rows[0][0].as<mood>().value(), mood::sad);
    EXPECT_EQ(rows[0][1].as<place>().value(), (place{7, "Elm"}));
}

TEST_F(types_user, a_batch_reads_and_sends_them) {
    const auto r = run(connection_.batch(pgcoro::fetch_one<place>("select $1", place{7, "Elm"}),
                                         pgcoro::fetch<mood>("select unnest(enum_range('sad'::mood, 'fine'::mood))"),
                                         pgcoro::fetch("select 'sad'::mood as feeling")));
    ASSERT_TRUE(r) << r.error();
    EXPECT_EQ(std::get<0>(r.value()), (place{7, "Elm"}));
    EXPECT_EQ(std::get<1>(r.value()), (std::vector{mood::sad, mood::fine}));
    EXPECT_EQ(std::get<2>(r.value())[0]["feeling"].as<mood>().value(), mood::sad);
}

// A Sync for each request that travels: the lookup is one, for all that a statement needs.
TEST(types_user_trips, a_connection_asks_once) {
    create_schema();
    asio::io_context loop;
    proxy between(loop, shared_server());
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = test_shop"));
        const auto before = between.heard('S');
        const person nina{"Nina", mood::fine, place{7, "Elm"}};
        BOOST_OUTCOME_CO_TRY(auto first, co_await c.fetch_one<person>("select $1", nina));
        EXPECT_EQ(first, nina);
        EXPECT_EQ(between.heard('S') - before, 2u);
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await c.fetch_one<place>("select row(7, 'Elm')::place"));
            EXPECT_EQ(found.number, 7);
        }
        EXPECT_EQ(between.heard('S') - before, 5u);
        c.close();
        co_return success();
    });
}

TEST(types_user_trips, requests_behind_one_that_waits_for_types_keep_their_order) {
    create_schema();
    asio::io_context loop;
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = test_shop"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (n serial, home place)"));
        std::vector<int> order;
        int done = 0;
        const auto note = [&](int which) {
            return [&order, &done, which](const pgcoro::result<pgcoro::command_tag>& r) {
                EXPECT_TRUE(r) << r.error();
                order.push_back(which);
                ++done;
            };
        };
        c.execute("insert into t (home) values (null)")(note(0));
        c.execute("insert into t (home) values ($1)", place{1, "a"})(note(1));
        c.execute("insert into t (home) values (null)")(note(2));
        c.execute("insert into t (home) values ($1)", place{2, "b"})(note(3));
        BOOST_OUTCOME_CO_TRY(auto numbers, co_await c.fetch<std::optional<int>>("select (home).number from t order by n"));
        EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
        EXPECT_EQ(numbers, (std::vector<std::optional<int>>{std::nullopt, 1, std::nullopt, 2}));
        c.close();
        co_return success();
    });
}

TEST(types_user_trips, a_decoder_that_throws_costs_the_connection_and_nobody_waits_for_ever) {
    create_schema();
    asio::io_context loop;
    auto made = [&] {
        pgcoro::result<pgcoro::connection> outcome;
        pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](auto r) { outcome = std::move(r); });
        loop.run();
        loop.restart();
        return outcome;
    }();
    ASSERT_TRUE(made) << made.error();
    auto c = std::move(made).value();
    std::vector<pgcoro::error> outcomes;
    for (int i = 0; i < 2; ++i) {
        c.fetch_one<shop::explosive>("select 'sad'::test_shop.mood")([&](const auto& r) { outcomes.push_back(error_of(r)); });
    }
    EXPECT_THROW(loop.run(), std::runtime_error);
    loop.restart();
    loop.run();
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0], errc::connection_lost) << outcomes[0];
    EXPECT_FALSE(outcomes[0].safe_to_retry());
    EXPECT_FALSE(c.is_open());
}

TEST(types_user_trips, a_connection_that_is_lost_while_it_asks_completes_everybody) {
    create_schema();
    asio::io_context loop;
    proxy between(loop, shared_server());
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        between.swallow();
        int done = 0;
        c.fetch_one<place>("select $1", place{7, "Elm"})([&](const pgcoro::result<place>& r) {
            EXPECT_EQ(error_of(r), errc::connection_lost);
            EXPECT_TRUE(error_of(r).safe_to_retry());
            ++done;
        });
        auto behind = c.fetch_one<int>("select 1");
        between.cut();
        const auto r = co_await std::move(behind);
        EXPECT_EQ(error_of(r), errc::connection_lost);
        EXPECT_EQ(done, 1);
        co_return success();
    });
}

} // namespace
