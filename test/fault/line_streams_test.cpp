// SPDX-License-Identifier: BSL-1.0
// The line fails while rows, bytes of a COPY and scripts are on their way: what their clients are told is true.
#include "line_fixture.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;
using pgcoro::unchecked_sql;
using std::chrono::milliseconds;

constexpr int rows_of_one = 20;

template <class Db>
task<> write_rows(Db& db, int id, milliseconds limit) {
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy kept from stdin").within(limit));
    std::string rows;
    for (int n = 0; n < rows_of_one; ++n) {
        rows += std::to_string(id) + "\t" + std::to_string(n) + "\n";
    }
    BOOST_OUTCOME_CO_TRY(co_await writer.write(rows).within(limit));
    BOOST_OUTCOME_CO_TRY(co_await writer.finish().within(limit));
    co_return success();
}

template <class Db>
task<> stream_rows(Db& db, int id, milliseconds limit) {
    auto opened = db.template stream<int>("insert into kept select $1, n from generate_series(1, 20) n returning n", id);
    BOOST_OUTCOME_CO_TRY(auto rows, co_await std::move(opened).within(limit));
    for (bool more = true; more;) {
        BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next().within(limit));
        more = row.has_value();
    }
    co_return success();
}

template <class Db>
task<> read_bytes(Db& db, int id, milliseconds limit) {
    const auto sql =
        "copy (insert into kept select " + std::to_string(id) + ", n from generate_series(1, 20) n returning n) to stdout";
    BOOST_OUTCOME_CO_TRY(auto reader, co_await db.copy_out(unchecked_sql(sql)).within(limit));
    for (bool more = true; more;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read().within(limit));
        more = !bytes.empty();
    }
    co_return success();
}

template <class Db>
task<> run_two(Db& db, int id, milliseconds limit) {
    const auto insert = "insert into kept select " + std::to_string(id) + ", n from generate_series(1, 10) n;";
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(insert + "select 1;" + insert).within(limit));
    co_return success();
}

/// Its COMMIT is not the last thing it does.
task<> run_committing(connection& db, int id, milliseconds limit) {
    const auto insert = "insert into kept select " + std::to_string(id) + ", n from generate_series(1, 20) n;";
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("begin;" + insert + "commit; select 1").within(limit));
    co_return success();
}

template <task<> (*Does)(pgcoro::transaction&, int, milliseconds)>
task<> in_transaction(connection& c, int id, milliseconds limit) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin().within(limit));
    BOOST_OUTCOME_CO_TRY(co_await Does(tx, id, limit));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit().within(limit));
    co_return success();
}

struct streamed_work {
    const char* name;
    task<> (*does)(connection&, int, milliseconds);
};

void PrintTo(const streamed_work& w, std::ostream* out) { *out << w.name; }

const streamed_work all_work[] = {
    {"copy_in", &write_rows<connection>},
    {"copy_in_in_a_transaction", &in_transaction<&write_rows<pgcoro::transaction>>},
    {"row_stream", &stream_rows<connection>},
    {"row_stream_in_a_transaction", &in_transaction<&stream_rows<pgcoro::transaction>>},
    {"copy_out", &read_bytes<connection>},
    {"copy_out_in_a_transaction", &in_transaction<&read_bytes<pgcoro::transaction>>},
    {"script", &run_two<connection>},
    {"script_in_a_transaction", &in_transaction<&run_two<pgcoro::transaction>>},
    {"script_that_commits", &run_committing},
};

class failing_streams : public failing_line, public testing::WithParamInterface<streamed_work> {
protected:
    void run_streams(mishap what, std::uint64_t stride) {
        run_session(GetParam().name, GetParam().does, rows_of_one, what, stride);
    }
};

TEST_P(failing_streams, that_are_cut_are_reported_truly) { run_streams(mishap::cut, 7); }
TEST_P(failing_streams, that_are_reset_are_reported_truly) { run_streams(mishap::reset, 13); }
TEST_P(failing_streams, that_are_half_open_are_reported_truly) { run_streams(mishap::half_open, 31); }

INSTANTIATE_TEST_SUITE_P(of, failing_streams, testing::ValuesIn(all_work),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

class slow_streams : public failing_streams {};

TEST_P(slow_streams, cut_at_every_byte) { run_streams(mishap::cut, 1); }
TEST_P(slow_streams, reset_at_every_byte) { run_streams(mishap::reset, 1); }
TEST_P(slow_streams, half_open_at_every_byte) { run_streams(mishap::half_open, 1); }

INSTANTIATE_TEST_SUITE_P(slow, slow_streams, testing::ValuesIn(all_work),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

} // namespace
