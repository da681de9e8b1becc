// SPDX-License-Identifier: BSL-1.0
// From SQLite to PostgreSQL.
#include "program.hpp"
#include "sql_text.hpp"
#include "sqlite/sqlite_source.hpp"
#include "text_hash.hpp"

#include <pgcoro/run.hpp>

#include <sqlite3.h>

#include <memory>
#include <utility>

namespace migrate_test {
namespace {

class sqlite : public program {
protected:
    /// Makes the database, or changes it.
    void make(const std::string& sql) const {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(folder.path("old.db").c_str(), &db), SQLITE_OK);
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closed(db, &sqlite3_close);
        ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    }
    std::string old() const { return "sqlite:" + folder.path("old.db"); }
};

TEST_F(sqlite, hashes_are_those_of_the_server) {
    const std::string letters = "abc\xC3\xA4 0123456789 abcdefghijklmnopqrstuvwxyz \xE2\x82\xAC";
    std::string expected;
    std::string texts;
    for (std::size_t size = 0; size <= 30; ++size) {
        const std::string text = size < 4 ? letters.substr(0, std::min<std::size_t>(size, 3)) : letters.substr(0, size + 1);
        for (const std::uint64_t seed : {0U, 1U, 1664U}) {
            expected += std::to_string(migrate::text_hash(text, seed)) + "\n";
            texts += (texts.empty() ? "(" : ", (") + migrate::literal(text) + ", " + std::to_string(seed) + ")";
        }
    }
    EXPECT_EQ(at_target("select hashtextextended(t, s) from (values " + texts + ") as v (t, s)"), expected);
}

constexpr const char* everything = R"(
create table "Customers" (
    id integer primary key autoincrement,
    "full name" varchar(40) not null default 'nobody',
    email text unique collate nocase,
    born date,
    seen datetime default current_timestamp,
    active boolean not null default 1,
    credit decimal(10, 2) default 0,
    score double,
    photo blob,
    guid uuid,
    extra json,
    anything,
    doubled int generated always as (id * 2) stored,
    check (credit >= 0),
    check (email like '%@%')
);
insert into "Customers" (id, "full name", email, born, seen, active, credit, score, photo, guid, extra, anything) values
    (1, 'Ann ''A'' B', 'ann@example.org', '1990-05-17', '2026-11-29 08:00:00.250', 1, 12.5, 0.1, x'00ff', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
     '{"a": 1}', 5),
    (2, 'tab' || char(9) || 'line' || char(10), null, null, '2026-11-29', 0, 3, 1e300, x'', null, '[]', 'text'),
    (50, '\N', 'c@example.org', '2026-01-01', null, 1, null, -0.0, null, null, null, null);
delete from "Customers" where id = 50;
insert into "Customers" (id, "full name", credit) values (3, 'Eve', 7);
create table orders (
    number text not null, line int not null, customer integer references customers on delete cascade, amount numeric,
    primary key (number, line)
) without rowid;
insert into orders values ('a', 1, 1, 2.50), ('a', 2, 3, 1e3), ('b', 1, null, null);
create index by_name on "Customers" (lower("full name") desc) where credit is not null;
create unique index by_amount on orders (amount, customer);
create table broken (customer int references "Customers" (id));
insert into broken values (1), (99);
create table empty_one (a int);
create view names as select "full name" from "Customers";
create trigger on_insert after insert on orders begin select 1; end;
)";

TEST_F(sqlite, everything_is_there_afterwards_or_listed) {
    make(everything);

    const auto o = call("run", old(), {"--jobs", "3"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("tables compared: 4, all equal")) << o.out;
    EXPECT_EQ(
        at_target("select id, \"full name\", email, born, seen, active, credit, score, photo, guid, extra, anything, doubled "
                  "from \"Customers\" where id = 1"),
        "1|Ann 'A' B|ann@example.org|1990-05-17|2026-11-29 08:00:00.25|t|12.5|0.1|\\x00ff|"
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"a\": 1}|5|2\n");
    EXPECT_EQ(at_target("insert into \"Customers\" (credit) values (1) returning id, \"full name\", active, doubled"),
              "51|nobody|t|102\n");
    EXPECT_EQ(at_target("select conname from pg_constraint where contype <> 'n' and connamespace = 'public'::regnamespace "
                        "order by 1"),
              "Customers_credit_check\nCustomers_email_key\nCustomers_pkey\norders_customer_fkey\norders_pkey\n");
    EXPECT_EQ(at_target("select indexname from pg_indexes where indexname like 'by%' order by 1"), "by_amount\nby_name\n");
    for (const char* left_out : {"column email: the collation nocase is left out", "a check: left out: email like '%@%'",
                                 "foreign key to Customers: left out: rows without a referenced row: 1",
                                 "view names: left out: ", "table orders, trigger on_insert: is not migrated"}) {
        EXPECT_TRUE(o.out_has(left_out)) << left_out << "\n" << o.out;
    }
}

TEST_F(sqlite, a_plan_shows_what_becomes_of_loose_types) {
    make(everything);

    const auto o = call("plan", old());

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_TRUE(o.out_has("active   boolean -> boolean not null, 0 and 1 become false and true")) << o.out;
    EXPECT_TRUE(o.out_has("credit   decimal(10, 2) -> numeric")) << o.out;
    EXPECT_TRUE(o.out_has("identity, next 51")) << o.out;
}

TEST_F(sqlite, text_in_an_integer_column_ends_the_run) {
    make("create table t (id integer primary key, n int); insert into t values (1, 5), (2, 'abc'), (3, 1.5)");

    const auto o = call("run", old());

    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("table public.t: row 2 (id 2), column n: the text \"abc\" is not an integer")) << o.err;
    EXPECT_EQ(at_target("select count(*) from t"), "0\n");
}

TEST_F(sqlite, text_in_an_integer_column_becomes_null_if_wanted) {
    make("create table t (id integer primary key, n int); insert into t values (1, 5), (2, 'abc'), (3, 1.5)");

    const auto o = call("run", old(), {"--bad-values", "null", "--json"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(at_target("select * from t order by id"), "1|5\n2|\n3|\n");
    const auto replaced = o.event("summary").at("tables").at(0).at("replaced_values").at(0);
    EXPECT_EQ(replaced.at("count"), 2);
    EXPECT_EQ(replaced.at("first"), "row 2 (id 2): the text \"abc\" is not an integer");
}

TEST_F(sqlite, a_bad_value_in_a_primary_key_ends_the_run_even_if_null_is_wanted) {
    make("create table t (code text, line int, n int, primary key (code, line));"
         "insert into t values ('a', 1, 1), ('b', 'two', 2)");

    const auto o = call("run", old(), {"--bad-values", "null"});

    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("row 2 (code b, line two), column line: the text \"two\" is not an integer")) << o.err;
    EXPECT_EQ(at_target("select count(*) from t"), "0\n");
}

TEST_F(sqlite, a_column_can_get_another_type) {
    make("create table t (id integer primary key, n int, at int); insert into t values (1, 5, 'x'), (2, 'abc', 1)");

    const auto o = call("run", old(), {"--map", "t.n=text", "--map", "t.at=varchar(3)", "--schema", "Other"});

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select * from \"Other\".t order by id"), "1|5|x\n2|abc|1\n");
}

/// The larger table comes first, and is copied when the other one fails.
constexpr const char* good_and_bad = R"(
create table good (id integer primary key, t text);
insert into good values (1, 'a'), (2, 'b'), (3, null), (9, 'd');
create table bad (id integer primary key, n int);
insert into bad values (1, 'abc'), (2, 7);
)";

TEST_F(sqlite, a_run_that_failed_continues_and_still_compares_all) {
    make(good_and_bad);
    ASSERT_EQ(call("run", old(), {"--jobs", "1"}).exit_code, 1);
    EXPECT_EQ(at_target("select (select count(*) from good), (select count(*) from bad)"), "4|0\n");

    const auto o = call("run", old(), {"--bad-values", "null", "--json"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select (select count(*) from good), (select count(*) from bad)"), "4|2\n");
    const auto tables = o.event("summary").at("tables").as_array();
    EXPECT_TRUE(tables.at(1).at("earlier_run").as_bool());
    EXPECT_TRUE(tables.at(1).at("equal").as_bool());
    EXPECT_EQ(tables.at(1).at("sampled_rows"), 4);
}

TEST_F(sqlite, a_run_that_did_not_compare_can_be_continued_by_one_that_does) {
    make(good_and_bad);
    ASSERT_EQ(call("run", old(), {"--jobs", "1", "--no-validate"}).exit_code, 1);
    EXPECT_EQ(at_target("select sums is null from pgcoro_migrate.steps where step = 'copy public.good'"), "t\n");

    const auto o = call("run", old(), {"--bad-values", "null", "--json"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    const auto tables = o.event("summary").at("tables").as_array();
    EXPECT_TRUE(tables.at(1).at("earlier_run").as_bool());
    EXPECT_TRUE(tables.at(1).at("equal").as_bool());
}

TEST_F(sqlite, a_file_that_was_changed_meanwhile_is_not_mixed_with_its_older_rows) {
    make(good_and_bad);
    ASSERT_EQ(call("run", old(), {"--jobs", "1"}).exit_code, 1);
    make("update bad set n = 5 where id = 1");

    EXPECT_EQ(call("run", old()).exit_code, 4);

    EXPECT_EQ(call("run", old(), {"--restart"}).exit_code, 0);
    EXPECT_EQ(at_target("select sum(n), (select count(*) from good) from bad"), "12|4\n");
}

TEST_F(sqlite, a_table_that_was_changed_after_it_was_copied_is_reported_as_different) {
    make(good_and_bad);
    ASSERT_EQ(call("run", old(), {"--jobs", "1"}).exit_code, 1);
    make("update good set t = 'changed' where id = 2; update bad set n = 5 where id = 1");

    const auto o = call("run", old(), {"--allow-mixed-snapshots"});

    EXPECT_EQ(o.exit_code, 3) << o.out << o.err;
    EXPECT_TRUE(o.out_has("column t, row with id 2: source changed, target b")) << o.out;
    EXPECT_EQ(at_target("select sum(n), (select t from good where id = 2) from bad"), "12|b\n");
}

TEST_F(sqlite, what_the_server_refuses_is_known_before_the_data_and_can_be_left_out) {
    make("create table t (n text check (n > 5)); insert into t values ('7')");

    const auto o = call("run", old());
    EXPECT_EQ(o.exit_code, 2);
    EXPECT_TRUE(o.err_has("--leave-out \"constraint public.t check (\"n\" > 5)\" runs without it")) << o.err;
    EXPECT_EQ(at_target("select to_regclass('t') is null"), "t\n");

    EXPECT_EQ(call("run", old(), {"--leave-out", "constraint public.t check (\"n\" > 5)"}).exit_code, 0);
    EXPECT_EQ(at_target("select * from t"), "7\n");
}

TEST_F(sqlite, edges_are_kept_or_listed) {
    make("create table t (id integer primary key, n int default 'abc', m int default 1.5, k int default -5, w text default 7,"
         " name text, low text generated always as (lower(name)), positive int generated always as (id > 0),"
         " joined text generated always as (name || '!'), constraint " +
         std::string(64, 'c') +
         " check (id > 0));"
         "create index " +
         std::string(64, 'i') +
         " on t (n);"
         "insert into t (id, n, m, name) values (9223372036854775807, 1, 2, x'c384' || '');"
         "create table other (xmin int)");

    const auto o = call("run", old(), {"--skip", "other"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    for (const char* listed :
         {"column n: the default is left out: 'abc'", "column m: the default is left out: 1.5",
          "column low: becomes an ordinary column", "column positive: becomes an ordinary column",
          "column id: has no next value", "cccc: gets another name: PostgreSQL's have 1 to 63 bytes of UTF-8",
          "iiii: left out: PostgreSQL's names are UTF-8 of 1 to 63 bytes"}) {
        EXPECT_TRUE(o.out_has(listed)) << listed << "\n" << o.out;
    }
    EXPECT_EQ(at_target("insert into t (id, name) values (1, 'b') returning k, w, joined"), "-5|7|b!\n");
    EXPECT_EQ(call("plan", old()).exit_code, 2);
}

TEST_F(sqlite, names_that_postgresql_does_not_have_are_told) {
    make("create table \"\" (a int); create table \"\xff\" (\"\" int)");

    const auto o = call("run", old());

    EXPECT_EQ(o.exit_code, 2);
    EXPECT_TRUE(o.err_has("PostgreSQL's names are UTF-8 of 1 to 63 bytes")) << o.err;
}

TEST_F(sqlite, a_key_with_null_becomes_a_unique_constraint) {
    make("create table t (code text primary key); insert into t values ('a'), (null), (null)");

    const auto o = call("run", old());

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("the primary key becomes a unique constraint")) << o.out;
    EXPECT_EQ(at_target("select contype from pg_constraint where conrelid = 't'::regclass"), "u\n");
}

TEST_F(sqlite, the_journal_of_writes_ahead_is_read_too) {
    make("pragma journal_mode = wal; create table t (n int); insert into t values (1), (2)");

    const auto o = call("run", old());

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select sum(n) from t"), "3\n");
}

/// Inserts a row with a connection of its own as soon as a transaction has read its first row.
class commit_after_first_read {
public:
    explicit commit_after_first_read(const std::string& file) {
        file_ = file;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
    }
    commit_after_first_read(const commit_after_first_read&) = delete;
    commit_after_first_read& operator=(const commit_after_first_read&) = delete;
    ~commit_after_first_read() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }

private:
    static int watch(sqlite3* db, char**, const void*) { return sqlite3_trace_v2(db, SQLITE_TRACE_ROW, &commit, nullptr); }

    static int commit(unsigned, void*, void* reading, void*) {
        if (sqlite3_get_autocommit(sqlite3_db_handle(static_cast<sqlite3_stmt*>(reading))) != 0 || file_.empty()) {
            return 0;
        }
        sqlite3* db = nullptr;
        EXPECT_EQ(sqlite3_open(std::exchange(file_, {}).c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, "insert into t values (2)", nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
        return sqlite3_close(db);
    }

    inline static std::string file_; // empty: the row is there
};

/// The source goes before its loop does: its thread tells that of what is done.
pgcoro::task<std::size_t> count_readers(std::string file) {
    migrate::sqlite::sqlite_source from(std::move(file), {});
    BOOST_OUTCOME_CO_TRY(co_await from.open());
    BOOST_OUTCOME_CO_TRY(const auto read, co_await from.read_schema());
    EXPECT_EQ(read.tables.size(), 1u);
    BOOST_OUTCOME_CO_TRY(const auto readers, co_await from.open_readers(2));
    co_return readers.size();
}

TEST_F(sqlite, a_commit_while_the_snapshot_is_taken_leaves_one_reader) {
    make("pragma journal_mode = wal; create table t (n int); insert into t values (1)");
    const commit_after_first_read interference(folder.path("old.db"));

    EXPECT_EQ(pgcoro::run(count_readers(folder.path("old.db"))).value(), 1u);
}

TEST_F(sqlite, validation_finds_a_changed_value) {
    make(everything);
    ASSERT_EQ(call("run", old()).exit_code, 0);
    EXPECT_EQ(call("validate", old()).exit_code, 0);
    at_target("update orders set amount = amount + 0.01 where number = 'a' and line = 1");

    const auto o = call("validate", old());

    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.out_has("column amount, sum: source 1002.5, target 1002.51")) << o.out;
    EXPECT_TRUE(o.out_has("column amount, row with number a, line 1: source 2.5, target 2.51")) << o.out;
}

TEST_F(sqlite, what_is_no_database_is_told) {
    folder.write("old.db", "this is text, and long enough to be looked at as a database");

    const auto o = call("plan", old());

    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("file is not a database")) << o.err;
    EXPECT_EQ(call("plan", "sqlite:" + folder.path("missing.db")).exit_code, 2);
}

} // namespace
} // namespace migrate_test
