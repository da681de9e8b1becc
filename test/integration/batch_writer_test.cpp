// SPDX-License-Identifier: BSL-1.0
// What a batch writer writes, in how many statements, and what its callers are told.
#include "batch_fixture.hpp"

#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::batch_writer;
using pgcoro::batch_writer_options;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

struct note {
    int id;
    std::optional<std::string> body;
};

using note_writer = batch_writer<note>;
constexpr char insert_notes[] = "insert into notes (id, body) select * from unnest($1::int[], $2::text[])";
/// The same, and waits for the judge's lock.
constexpr char insert_locked[] = "insert into notes (id, body) select i, b from unnest($1::int[], $2::text[]) u(i, b) cross "
                                 "join pg_advisory_xact_lock_shared(1)";

std::vector<started<void>> write_notes(note_writer& writer, int first, int last) {
    std::vector<started<void>> all;
    for (; first <= last; ++first) {
        all.emplace_back(writer.write({first, "note " + std::to_string(first)}));
    }
    return all;
}

TEST_F(batch_test, what_is_written_in_one_turn_is_one_statement) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        note_writer writer(c, insert_notes);
        const auto before = p.heard('E');
        auto all = write_notes(writer, 1, 100);
        for (auto& one : all) {
            BOOST_OUTCOME_CO_TRY(co_await one.get());
        }
        EXPECT_EQ(p.heard('E') - before, 1u);
        EXPECT_EQ(judge_.value("select count(*) || max(body) from notes"), "100note 99");
        co_return success();
    });
}

TEST_F(batch_test, rows_or_bytes_fill_a_statement) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        batch_writer_options options;
        options.max_rows = 40;
        note_writer by_rows(c, insert_notes, options);
        auto before = p.heard('E');
        auto all = write_notes(by_rows, 1, 100);
        for (auto& one : all) {
            BOOST_OUTCOME_CO_TRY(co_await one.get());
        }
        EXPECT_EQ(p.heard('E') - before, 3u);
        options.max_rows = 1000;
        options.max_bytes = 10'000;
        note_writer by_bytes(c, insert_notes, options);
        before = p.heard('E');
        std::vector<started<void>> large;
        for (int i = 0; i < 10; ++i) {
            large.emplace_back(by_bytes.write({1000 + i, std::string(5000, 'x')}));
        }
        for (auto& one : large) {
            BOOST_OUTCOME_CO_TRY(co_await one.get());
        }
        EXPECT_EQ(p.heard('E') - before, 5u);
        co_return success();
    });
}

TEST_F(batch_test, rows_wait_for_their_delay) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        batch_writer_options options;
        options.max_delay = 50ms;
        note_writer writer(c, insert_notes, options);
        const auto before = p.heard('E');
        auto first = write_notes(writer, 1, 1);
        co_await until_sent();
        co_await until_sent();
        EXPECT_EQ(p.heard('E') - before, 0u);
        auto second = write_notes(writer, 2, 2);
        BOOST_OUTCOME_CO_TRY(co_await first.at(0).get());
        BOOST_OUTCOME_CO_TRY(co_await second.at(0).get());
        EXPECT_EQ(p.heard('E') - before, 1u);
        co_return success();
    });
}

TEST_F(batch_test, a_flush_does_not_wait) {
    with_connection(config(), [&](connection& c) -> task<> {
        batch_writer_options options;
        options.max_delay = std::chrono::milliseconds::max();
        note_writer writer(c, insert_notes, options);
        auto all = write_notes(writer, 1, 3);
        writer.flush();
        for (auto& one : all) {
            BOOST_OUTCOME_CO_TRY(co_await one.get());
        }
        EXPECT_EQ(notes(), "1 2 3");
        co_return success();
    });
}

TEST_F(batch_test, a_row_at_fault_is_told_and_the_others_are_written) {
    with_connection(config(), [&](connection& c) -> task<> {
        judge_.value("insert into notes values (30)");
        note_writer writer(c, insert_notes);
        auto all = write_notes(writer, 1, 100);
        started null(writer.write({101, std::nullopt}));
        started bad(writer.write({102, "bad"}));
        started unsendable(writer.write({103, std::string("a\0b", 3)}));
        started again(writer.write({100, "second"}));
        for (int i = 1; i <= 100; ++i) {
            auto written = co_await all.at(static_cast<std::size_t>(i - 1)).get();
            if (i == 30) {
                EXPECT_TRUE(error_of(written) == sqlstate::unique_violation) << error_of(written);
            } else if (i != 100) {
                EXPECT_FALSE(error_of(written)) << error_of(written);
            }
        }
        BOOST_OUTCOME_CO_TRY(co_await null.get());
        auto checked = co_await bad.get();
        EXPECT_TRUE(error_of(checked) == sqlstate::check_violation) << error_of(checked);
        auto refused = co_await unsendable.get();
        EXPECT_TRUE(error_of(refused) == errc::invalid_text) << error_of(refused);
        // One of two rows with the same key.
        auto one = all.at(99).outcome();
        auto other = co_await again.get();
        EXPECT_NE(static_cast<bool>(one), static_cast<bool>(other));
        EXPECT_EQ(judge_.value("select count(*) from notes where id between 1 and 101"), "101");
        co_return success();
    });
}

TEST_F(batch_test, an_error_that_is_not_about_a_row_is_that_of_all) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        note_writer writer(c, "insert into no_such_table select * from unnest($1::int[], $2::text[])");
        const auto before = p.heard('E');
        auto all = write_notes(writer, 1, 100);
        for (auto& one : all) {
            auto written = co_await one.get();
            EXPECT_TRUE(error_of(written) == sqlstate::undefined_table) << error_of(written);
        }
        EXPECT_LE(p.heard('E') - before, 2u);
        co_return success();
    });
}

TEST_F(batch_test, a_lost_connection_leaves_the_outcome_unknown) {
    with_connection(config(), [&](connection& c) -> task<> {
        note_writer writer(c, insert_locked);
        lock();
        auto sent = write_notes(writer, 1, 2);
        co_await until_blocked(judge_, c);
        auto unsent = write_notes(writer, 3, 3);
        terminate(judge_, c);
        auto first = co_await sent.at(0).get();
        auto second = co_await sent.at(1).get();
        auto third = co_await unsent.at(0).get();
        unlock();
        EXPECT_TRUE(error_of(first).connection_lost()) << error_of(first);
        EXPECT_TRUE(error_of(second).connection_lost()) << error_of(second);
        EXPECT_TRUE(error_of(third).safe_to_retry()) << error_of(third);
        EXPECT_EQ(notes(), "");
        co_return success();
    });
}

TEST_F(batch_test, a_row_that_is_cancelled_before_it_is_sent_is_not_written) {
    with_connection(config(), [&](connection& c) -> task<> {
        note_writer writer(c, insert_notes);
        stoppable first(writer.write({1, "never"}));
        auto others = write_notes(writer, 2, 3);
        first.cancel();
        BOOST_OUTCOME_CO_TRY(co_await others.at(0).get());
        BOOST_OUTCOME_CO_TRY(co_await others.at(1).get());
        EXPECT_TRUE(error_of(*first.outcome).safe_to_retry());
        EXPECT_EQ(notes(), "2 3");
        co_return success();
    });
}

TEST_F(batch_test, a_row_that_is_cancelled_in_flight_may_have_been_written) {
    with_connection(config(), [&](connection& c) -> task<> {
        note_writer writer(c, insert_locked);
        lock();
        stoppable first(writer.write({1, "perhaps"}));
        auto others = write_notes(writer, 2, 2);
        co_await until_blocked(judge_, c);
        first.cancel();
        co_await until_true([&] { return first.outcome.has_value(); });
        unlock();
        EXPECT_TRUE(error_of(*first.outcome).outcome_unknown()) << error_of(*first.outcome);
        BOOST_OUTCOME_CO_TRY(co_await others.at(0).get());
        EXPECT_EQ(notes(), "1 2");
        co_return success();
    });
}

TEST_F(batch_test, a_writer_in_a_transaction_writes_when_that_commits) {
    with_connection(config(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            note_writer writer(tx, insert_notes);
            auto all = write_notes(writer, 1, 3);
            for (auto& one : all) {
                BOOST_OUTCOME_CO_TRY(co_await one.get());
            }
            EXPECT_EQ(notes(), "");
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
            EXPECT_EQ(notes(), "1 2 3");
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        note_writer writer(tx, insert_notes);
        auto all = write_notes(writer, 3, 4); // 3 is there already
        auto first = co_await all.at(0).get();
        auto second = co_await all.at(1).get();
        EXPECT_TRUE(error_of(first) == sqlstate::unique_violation) << error_of(first);
        EXPECT_TRUE(error_of(second) == sqlstate::unique_violation) << error_of(second);
        co_return success();
    });
}

TEST_F(batch_test, single_values_are_rows_too) {
    with_connection(config(), [&](connection& c) -> task<> {
        batch_writer<int> numbers(c, "insert into notes (id) select unnest($1::int[])");
        BOOST_OUTCOME_CO_TRY(co_await numbers.write(5));
        EXPECT_EQ(notes(), "5");
        co_return success();
    });
}

TEST_F(batch_test, destroying_a_writer_ends_what_is_not_sent) {
    with_connection(config(), [&](connection& c) -> task<> {
        lock();
        std::optional<note_writer> writer(note_writer(c, insert_locked));
        auto sent = write_notes(*writer, 1, 1);
        co_await until_blocked(judge_, c);
        auto unsent = write_notes(*writer, 2, 2);
        writer.reset();
        auto ended = co_await unsent.at(0).get();
        EXPECT_TRUE(error_of(ended) == asio::error::operation_aborted) << error_of(ended);
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await sent.at(0).get());
        EXPECT_EQ(notes(), "1");
        co_return success();
    });
}

// RETURNING, by a loader.
TEST_F(batch_test, a_loader_can_insert_and_give_what_was_inserted) {
    with_connection(config(), [&](connection& c) -> task<> {
        judge_.value("drop table if exists tags; create table tags (id serial, name text unique)");
        pgcoro::batch_loader<std::string, int> tags(
            c, "insert into tags (name) select unnest($1::text[]) on conflict (name) do update set name = excluded.name "
               "returning name, id");
        const std::vector<std::string> names{"a", "b", "a"};
        BOOST_OUTCOME_CO_TRY(auto first, co_await tags.load_many(names));
        BOOST_OUTCOME_CO_TRY(auto again, co_await tags.load_many(names));
        EXPECT_EQ(first, again);
        EXPECT_EQ(first.at(0), first.at(2));
        EXPECT_NE(first.at(0), first.at(1));
        co_return success();
    });
}

} // namespace
