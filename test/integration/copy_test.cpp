// SPDX-License-Identifier: BSL-1.0
// COPY in both directions, as bytes.
#include "copy_fixture.hpp"
#include "support/judge.hpp"
#include "support/read_all.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::copy_line;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

TEST(copy, in_and_out) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv)"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1,on"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("e\n2,two\n"));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag, "COPY 2");
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select * from t order by a) to stdout (format csv)"));
        BOOST_OUTCOME_CO_TRY(auto text, co_await read_all(reader));
        EXPECT_EQ(text, "1,one\n2,two\n");
        EXPECT_EQ(reader.tag(), "COPY 2");
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 2);
        co_return success();
    });
}

TEST(copy, of_nothing) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag, "COPY 0");
        EXPECT_EQ(error_of(co_await writer.write("late")), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy t to stdout"));
        BOOST_OUTCOME_CO_TRY(auto text, co_await read_all(reader));
        EXPECT_EQ(text, "");
        co_return success();
    });
}

TEST(copy, of_many_megabytes) {
    with_table([](connection& c) -> task<> {
        constexpr int rows = 200000;
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        std::string sent;
        std::size_t written = 0;
        for (int i = 0; i < rows; ++i) {
            const std::string row = std::to_string(i) + "\t" + std::string(static_cast<std::size_t>(i) % 200, 'x') + "\n";
            sent += row;
            if (i % 1000 == 999 || i + 1 == rows) {
                BOOST_OUTCOME_CO_TRY(co_await writer.write(std::string_view(sent).substr(written)));
                written = sent.size();
            }
        }
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag.rows_affected(), static_cast<std::uint64_t>(rows));
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select * from t order by a) to stdout"));
        BOOST_OUTCOME_CO_TRY(auto text, co_await read_all(reader));
        EXPECT_TRUE(text == sent);
        co_return success();
    });
}

TEST(copy, that_the_server_refuses_leaves_nothing_and_names_the_line) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv)"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1,one\nbad,two\n"));
        const auto outcome = co_await writer.finish();
        EXPECT_EQ(error_of(outcome), sqlstate::invalid_text_representation);
        EXPECT_EQ(copy_line(error_of(outcome)), 2u);
        EXPECT_FALSE(error_of(outcome).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(copy, stops_asking_for_rows_once_the_server_has_failed) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv)"));
        const std::string piece(100000, '7');
        std::size_t writes = 0;
        pgcoro::error why = error_of(co_await writer.write("bad,row\n" + piece));
        for (; !why && writes < 1000000; ++writes) {
            why = error_of(co_await writer.write(piece));
        }
        EXPECT_EQ(why, sqlstate::invalid_text_representation);
        EXPECT_EQ(error_of(co_await writer.finish()), sqlstate::invalid_text_representation);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(copy, whose_writer_is_dropped_leaves_nothing) {
    with_table([](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tone\n"));
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tone\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.abort(std::string(5000, 'y')));
        BOOST_OUTCOME_CO_TRY(auto still, co_await rows_in_t(c));
        EXPECT_EQ(still, 0);
        EXPECT_TRUE(c.is_open());
        co_return success();
    });
}

TEST(copy, that_was_finished_cannot_be_aborted) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tone\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        const auto why = error_of(co_await writer.abort());
        EXPECT_EQ(why, errc::connection_closed) << why;
        EXPECT_FALSE(why.safe_to_retry());
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 1);
        BOOST_OUTCOME_CO_TRY(auto refused, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await refused.write("1\tagain\n"));
        EXPECT_EQ(error_of(co_await refused.finish()), sqlstate::unique_violation);
        EXPECT_EQ(error_of(co_await refused.abort()), sqlstate::unique_violation);
        BOOST_OUTCOME_CO_TRY(auto aborted, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await aborted.abort());
        EXPECT_FALSE(error_of(co_await aborted.abort())) << "twice is once";
        co_return success();
    });
}

TEST(copy, that_may_have_been_finished_is_not_reported_as_aborted) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create function pg_temp.wait() returns trigger language plpgsql as $$ begin "
                                                "perform pg_advisory_xact_lock(1); return null; end $$"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create trigger wait after insert on t for each statement execute function "
                                                "pg_temp.wait()"));
        libpq_session judge(shared_server().dsn());
        judge.value("select pg_advisory_lock(1)");
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tone\n"));
        asio::cancellation_signal cancel;
        std::optional<pgcoro::error> finished;
        writer.finish()(asio::bind_cancellation_slot(
            cancel.slot(), [&](pgcoro::result<pgcoro::command_tag> tag) { finished = error_of(tag); }));
        co_await until_blocked(judge, c);
        cancel.emit(asio::cancellation_type::terminal);
        co_await until_true([&] { return finished.has_value(); });
        EXPECT_TRUE(finished->outcome_unknown()) << *finished;
        const auto late = error_of(co_await writer.abort().within(std::chrono::milliseconds(20)));
        EXPECT_EQ(late, errc::timed_out) << late;
        EXPECT_TRUE(late.outcome_unknown());
        judge.value("select pg_advisory_unlock(1)");
        const auto why = error_of(co_await writer.abort());
        EXPECT_EQ(why, errc::connection_closed) << why;
        EXPECT_FALSE(why.safe_to_retry());
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(copy, whose_reader_is_dropped_leaves_the_connection_usable) {
    with_table([](connection& c) -> task<> {
        for (const int rows : {1, 1000, 10000000}) {
            BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out(unchecked_sql("copy (select generate_series(1, " +
                                                                                std::to_string(rows) + ")) to stdout")));
            BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
            EXPECT_FALSE(bytes.empty());
            reader.close();
            BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
            EXPECT_EQ(one, 1);
        }
        co_return success();
    });
}

TEST(copy, in_a_transaction) {
    with_table([](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(auto writer, co_await tx.copy_in("copy t from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tone\n"));
            EXPECT_EQ(error_of(co_await tx.execute("select 1")), errc::stream_open);
            BOOST_OUTCOME_CO_TRY(co_await writer.finish());
            BOOST_OUTCOME_CO_TRY(auto seen, co_await tx.fetch_one<std::int64_t>("select count(*) from t"));
            EXPECT_EQ(seen, 1);
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into t values (1, 'one')"));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
        BOOST_OUTCOME_CO_TRY(auto writer, co_await inner.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\tagain\n"));
        EXPECT_EQ(error_of(co_await writer.finish()), sqlstate::unique_violation);
        BOOST_OUTCOME_CO_TRY(co_await inner.rollback());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(auto kept, co_await rows_in_t(c));
        EXPECT_EQ(kept, 1);
        co_return success();
    });
}

TEST(copy, ends_with_its_transaction) {
    with_table([](connection& c) -> task<> {
        std::optional<pgcoro::copy_writer> writer;
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(auto opened, co_await tx.copy_in("copy t from stdin"));
            writer = std::move(opened);
        }
        EXPECT_EQ(error_of(co_await writer->write("1\tone\n")), errc::transaction_over);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(copy, in_the_wrong_direction_is_refused) {
    with_table([](connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.copy_in("copy t to stdout")), errc::copy_not_supported);
        EXPECT_EQ(error_of(co_await c.copy_out("copy t from stdin")), errc::copy_not_supported);
        EXPECT_EQ(error_of(co_await c.copy_out("copy nowhere to stdout")), sqlstate::undefined_table);
        EXPECT_EQ(error_of(co_await c.copy_in("insert into t values (1)")), errc::copy_not_supported);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

// The server answers before it has read any data: in the extended protocol, all later answers would shift by one.
TEST(copy, that_fails_before_it_reads_does_not_shift_answers) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create function pg_temp.refuse() returns trigger language plpgsql as $$ begin "
                                                "raise exception 'no'; end $$"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create trigger refuse before insert on t for each statement execute function "
                                                "pg_temp.refuse()"));
        for (const char* const statement : {"copy t from stdin", "copy t from stdin (freeze)"}) {
            auto writer = co_await c.copy_in(unchecked_sql(statement));
            if (writer) {
                EXPECT_TRUE(error_of(co_await writer.value().finish()));
            }
            for (int i = 42; i < 45; ++i) {
                BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>("select $1::int", i));
                EXPECT_EQ(n, i);
            }
        }
        co_return success();
    });
}

TEST(copy, survives_a_notice_for_each_row) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create function pg_temp.shout() returns trigger language plpgsql as $$ begin "
                                                "raise warning '%', repeat('w', 200); return new; end $$"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create trigger shout before insert on t for each row execute function "
                                                "pg_temp.shout()"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        std::string rows;
        for (int i = 0; i < 20000; ++i) {
            rows += std::to_string(i) + "\tx\n";
        }
        BOOST_OUTCOME_CO_TRY(co_await writer.write(rows));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag, "COPY 20000");
        co_return success();
    });
}

// The server's own limit passes while it waits for data, and it says so when more of it comes.
TEST(copy, that_is_late_lets_the_connection_live) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set statement_timeout = 200"));
        auto writer = co_await c.copy_in("copy t from stdin");
        pgcoro::error why = error_of(writer);
        const std::string row(1000, 'x');
        for (int i = 0; !why && i < 1000000; ++i) {
            why = error_of(co_await writer.value().write(std::to_string(i) + "\t" + row + "\n"));
        }
        EXPECT_EQ(why, sqlstate::query_canceled);
        writer = pgcoro::copy_writer();
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set statement_timeout = 0"));
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(copy, is_refused_where_it_cannot_be) {
    run([]() -> task<> {
        pgcoro::multiplexer mux(co_await asio::this_coro::executor, shared_server().dsn());
        EXPECT_EQ(error_of(co_await mux.copy_in("copy pg_class to stdout")), errc::not_multiplexable);
        EXPECT_EQ(error_of(co_await mux.copy_out("copy pg_class to stdout")), errc::not_multiplexable);
        EXPECT_EQ(error_of(co_await mux.stream("select 1")), errc::not_multiplexable);
        EXPECT_TRUE(error_of(co_await mux.execute("copy pg_class to stdout")));
        mux.close();
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
        EXPECT_EQ(error_of(co_await c.execute("copy pg_class to stdout")), errc::copy_not_supported);
        EXPECT_EQ(error_of(co_await c.fetch(unchecked_sql("/* x */ COPY pg_class FROM /* y */ STDIN"))),
                  errc::copy_not_supported);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(copy, on_a_pool) {
    run([]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 1;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("create unlogged table copied_on_a_pool (a int)"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await pool.copy_in("copy copied_on_a_pool from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        {
            BOOST_OUTCOME_CO_TRY(auto dropped, co_await pool.copy_in("copy copied_on_a_pool from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await dropped.write("3\n"));
        }
        BOOST_OUTCOME_CO_TRY(auto reader, co_await pool.copy_out("copy copied_on_a_pool to stdout"));
        BOOST_OUTCOME_CO_TRY(auto text, co_await read_all(reader));
        EXPECT_EQ(text, "1\n2\n");
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("drop table copied_on_a_pool"));
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

} // namespace
