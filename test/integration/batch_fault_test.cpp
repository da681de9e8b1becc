// SPDX-License-Identifier: BSL-1.0
// Whose fault an error is: one row's, or the statement's.
#include "batch_fixture.hpp"

#include <pgcoro/pool.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace fault_test {

struct awkward {
    int value = 0;
};

/// As a row.
struct fragile {
    int value = 0;

    fragile() = default;
    fragile(fragile&&) = default;
    fragile& operator=(fragile&&) = default;
    fragile(const fragile& other) : value(other.value) { *this = other; }
    fragile& operator=(const fragile& other) {
        if (other.value == 13) {
            throw std::runtime_error("a copy");
        }
        value = other.value;
        return *this;
    }
    ~fragile() = default;
};

} // namespace fault_test

template <>
struct pgcoro::pg_type<fault_test::fragile> {
    static constexpr std::string_view name = "fragile";
    static constexpr oid_number oid = oids::int4;
    static constexpr oid_number array_oid = oids::int4_array;
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number column, value_bytes bytes, fault_test::fragile& out) {
        return pg_type<int>::decode(column, bytes, out.value);
    }
};

template <>
struct pgcoro::pg_type<fault_test::awkward> {
    static constexpr std::string_view name = "awkward";
    static constexpr oid_number oid = oids::int4;
    static constexpr oid_number array_oid = oids::int4_array;
    static void encode(const fault_test::awkward& a, value_writer& out) {
        if (a.value == 13) {
            throw std::runtime_error("an encoder");
        }
        out.put(static_cast<std::uint32_t>(a.value));
    }
};

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::batch_loader;
using pgcoro::batch_writer;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

constexpr char insert_ids[] = "insert into notes (id) select unnest($1::int[])";

class batch_fault : public batch_test {
protected:
    batch_fault() {
        forget_role();
        judge_.value("create role batch_guest; grant connect on database postgres to batch_guest");
    }
    ~batch_fault() override { forget_role(); }

    void forget_role() { judge_.value("drop owned by batch_guest; drop role batch_guest"); }
};

TEST_F(batch_fault, a_row_that_a_policy_forbids_is_told_and_the_others_are_written) {
    judge_.value("grant insert, select on notes to batch_guest; alter table notes enable row level security;"
                 "create policy p on notes with check (id <> 7)");
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set role batch_guest"));
        batch_writer<int> writer(c, insert_ids);
        std::vector<started<void>> all;
        for (int id = 1; id <= 20; ++id) {
            all.emplace_back(writer.write(id));
        }
        for (int id = 1; id <= 20; ++id) {
            const auto outcome = co_await all[static_cast<std::size_t>(id - 1)].get();
            EXPECT_EQ(error_of(outcome).sqlstate(), id == 7 ? sqlstate::insufficient_privilege : sqlstate()) << id;
        }
        EXPECT_EQ(judge_.value("select count(*) from notes"), "19");
        co_return success();
    });
}

TEST_F(batch_fault, a_table_that_is_forbidden_is_that_of_all_and_is_asked_for_once) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set role batch_guest"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1")); // what the session asks after a SET has come
        batch_writer<int> writer(c, insert_ids);
        const auto before = p.heard('E');
        std::vector<started<void>> all;
        for (int id = 1; id <= 20; ++id) {
            all.emplace_back(writer.write(id));
        }
        for (auto& one : all) {
            EXPECT_EQ(error_of(co_await one.get()), sqlstate::insufficient_privilege);
        }
        EXPECT_EQ(p.heard('E') - before, 1u);
        co_return success();
    });
}

TEST_F(batch_fault, the_search_for_a_row_at_fault_takes_no_more_connections) {
    run([&]() -> task<> {
        pgcoro::pool_options pool_options;
        pool_options.max_size = 8;
        pgcoro::pool db(co_await asio::this_coro::executor, config(), pool_options);
        pgcoro::batch_writer_options options;
        options.max_in_flight = 1;
        batch_writer<int> writer(db, insert_ids, options);
        judge_.value("insert into notes (id) values (33)");
        std::vector<started<void>> all;
        for (int id = 1; id <= 64; ++id) {
            all.emplace_back(writer.write(id));
        }
        for (int id = 1; id <= 64; ++id) {
            const auto outcome = co_await all[static_cast<std::size_t>(id - 1)].get();
            EXPECT_EQ(error_of(outcome).sqlstate(), id == 33 ? sqlstate::unique_violation : sqlstate()) << id;
        }
        EXPECT_EQ(judge_.value("select count(*) from notes"), "64");
        BOOST_OUTCOME_CO_TRY(const auto counters, co_await db.statistics());
        EXPECT_EQ(counters.connections_num, 1u);
        co_return co_await db.close();
    });
}

TEST_F(batch_fault, the_search_goes_on_when_the_writer_is_gone) {
    with_connection(config(), [&](connection& c) -> task<> {
        judge_.value("insert into notes (id) values (33)");
        std::vector<started<void>> all;
        {
            batch_writer<int> writer(c, insert_ids);
            for (int id = 1; id <= 64; ++id) {
                all.emplace_back(writer.write(id));
            }
            co_await asio::post(asio::use_awaitable);
            co_await asio::post(asio::use_awaitable); // sent, and not answered: that takes a round trip
        }
        for (int id = 1; id <= 64; ++id) {
            const auto outcome = co_await all[static_cast<std::size_t>(id - 1)].get();
            EXPECT_EQ(error_of(outcome).sqlstate(), id == 33 ? sqlstate::unique_violation : sqlstate()) << id;
        }
        EXPECT_EQ(judge_.value("select count(*) from notes"), "64");
        co_return success();
    });
}

// The exception comes out of the loop.
TEST_F(batch_fault, an_encoder_that_throws_leaves_nobody_waiting) {
    asio::io_context loop(1);
    connection c;
    std::optional<batch_writer<fault_test::awkward>> writer;
    std::vector<pgcoro::error> told;
    const auto tell = [&](const pgcoro::result<>& r) { told.push_back(error_of(r)); };
    pgcoro::connect(config())(asio::bind_executor(loop, [&](pgcoro::result<connection> made) {
        c = std::move(made).value();
        writer = batch_writer<fault_test::awkward>(c, insert_ids);
        writer->write({12})(tell);
        writer->write({13})(tell);
    }));
    EXPECT_THROW(loop.run(), std::runtime_error);
    loop.run();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0], errc::hook_failed);
    EXPECT_TRUE(told[1].is(pgcoro::error::nothing_sent));
    loop.restart();
    writer->write({14})(tell); // the writer goes on
    loop.run();
    ASSERT_EQ(told.size(), 3u);
    EXPECT_FALSE(told[2]) << told[2];
    EXPECT_EQ(notes(), "14");
}

/// Loads rows that may throw, on a connection and a loop of their own.
class fragile_rows {
public:
    using loader = batch_loader<int, fault_test::fragile>;

    fragile_rows(const pgcoro::connect_config& config, pgcoro::batch_loader_options options, std::vector<int> ids) {
        pgcoro::connect(config)(asio::bind_executor(loop, [=, this](pgcoro::result<connection> made) {
            c_ = std::move(made).value();
            loader_ = loader(c_, "select k, k from unnest($1::int[]) k", options);
            for (const int id : ids) {
                load(id);
            }
        }));
    }
    void load(int id) {
        loader_->load(id)([this](const pgcoro::result<loader::value_type>& r) { told.push_back(error_of(r)); });
    }

    asio::io_context loop{1};
    std::vector<pgcoro::error> told;

private:
    connection c_;
    std::optional<loader> loader_;
};

TEST_F(batch_fault, a_row_that_throws_leaves_nobody_waiting) {
    pgcoro::batch_loader_options options;
    options.cache = true; // takes a copy
    fragile_rows rows(config(), options, {12, 13});
    EXPECT_THROW(rows.loop.run(), std::runtime_error);
    rows.loop.run();
    ASSERT_EQ(rows.told.size(), 2u);
    EXPECT_EQ(rows.told[0], errc::hook_failed);
    EXPECT_EQ(rows.told[1], errc::hook_failed);
    rows.loop.restart();
    rows.load(14); // the loader goes on
    rows.loop.run();
    ASSERT_EQ(rows.told.size(), 3u);
    EXPECT_FALSE(rows.told[2]) << rows.told[2];
}

TEST_F(batch_fault, a_row_that_throws_for_one_of_two_leaves_neither_waiting) {
    fragile_rows rows(config(), {}, {13, 13}); // one of them gets a copy
    EXPECT_THROW(rows.loop.run(), std::runtime_error);
    rows.loop.run();
    ASSERT_EQ(rows.told.size(), 2u);
    EXPECT_EQ(rows.told[0], errc::hook_failed);
    EXPECT_FALSE(rows.told[1]) << rows.told[1];
}

// The first statement waits for lock 2 and then fails; each of its parts waits for lock 1.
TEST_F(batch_fault, deadlines_of_a_batch_that_is_split_outlive_the_loader) {
    with_connection(config(), [&](connection& c) -> task<> {
        using text_loader = batch_loader<std::string, int>;
        std::optional<text_loader> numbers(text_loader(
            c, "select k, k::int from unnest($1::text[]) k cross join pg_advisory_xact_lock_shared(cardinality($1::text[]))"));
        lock();
        judge_.value("select pg_advisory_lock(2)");
        started good(numbers->load("1").within(1s));
        started bad(numbers->load("x").within(1s));
        co_await until_blocked(judge_, c);
        numbers.reset();
        judge_.value("select pg_advisory_unlock(2)");
        auto one = co_await good.get(); // lock 1 is still held
        auto other = co_await bad.get();
        EXPECT_TRUE(error_of(one) == errc::timed_out) << error_of(one);
        EXPECT_TRUE(error_of(other) == errc::timed_out) << error_of(other);
        unlock();
        co_return success();
    });
}

} // namespace
