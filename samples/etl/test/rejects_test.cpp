// SPDX-License-Identifier: BSL-1.0
// Bad rows, and what is left out for them.
#include "program.hpp"

#include <sys/resource.h>

#include <csignal>

namespace etl_test {
namespace {

const std::string header = "line,column,value,sqlstate,reason\n";

class etl_rejects : public program {
protected:
    std::string rejects() const { return read("customers.rejects.csv"); }
};

TEST_F(etl_rejects, each_bad_row_is_told_with_column_value_and_reason) {
    sql("alter table customers add check (credit < 1000)");
    write("customers.csv", "id,name,born,credit\n"
                           "1,Ann,2000-01-31,1\n"
                           "x,Bob,,\n"
                           "3,\"a name of more than twenty letters\",,\n"
                           "4,,,\n"
                           "5,Eve,31.01.2000,\n"
                           "6,Flo,2000-01-31\n"
                           "7,Gus,,5000\n"
                           "8,a\"b,,\n"
                           "9,\xFF,,\n"
                           "10,Zoe,,2\n");
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--max-rejects", "8"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(sql("select id, name from customers order by id"), "1|Ann\n10|Zoe\n");
    EXPECT_EQ(rejects(), header +
                             "7,,,,\"number of fields: 3, expected: 4\"\n"
                             "9,,,,\"a quote within a field that is not quoted\"\n"
                             "10,\"name\",\"\\xff\",,\"not UTF-8\"\n"
                             "3,\"id\",\"x\",22P02,\"invalid input syntax for type integer: \"\"x\"\"\"\n"
                             "4,\"name\",\"a name of more than twenty letters\",22001,\"value too long for type character "
                             "varying(20)\"\n"
                             "5,\"name\",,23502,\"null value in column \"\"name\"\" of relation \"\"customers\"\" violates "
                             "not-null constraint\"\n"
                             "6,\"born\",\"31.01.2000\",22008,\"date/time field value out of range: \"\"31.01.2000\"\"\"\n"
                             "8,,,23514,\"new row for relation \"\"customers\"\" violates check constraint "
                             "\"\"customers_credit_check\"\"\"\n");
}

TEST_F(etl_rejects, one_more_than_allowed_and_nothing_is_loaded) {
    write("customers.csv", "id,name\n1,Ann\nx,Bob\ny,Cid\n4,Dan\n");
    write("p.toml", customers_pipeline("replace"));
    sql("insert into customers values (9, 'Old')");

    const auto too_many = run("p.toml", {"--max-rejects", "1"});
    const auto left = sql("select id from customers; select count(*) from pgcoro_etl.jobs");
    const auto enough = run("p.toml", {"--max-rejects", "2"});

    EXPECT_EQ(too_many.exit_code, 4) << too_many.err;
    EXPECT_TRUE(too_many.err_has("more rows were rejected than are allowed (1); see customers.rejects.csv")) << too_many.err;
    EXPECT_EQ(left, "9\n0\n");
    EXPECT_EQ(enough.exit_code, 3) << enough.err;
    EXPECT_EQ(sql("select id from customers order by id"), "1\n4\n");
}

TEST_F(etl_rejects, a_quote_that_is_never_closed_is_none_but_an_error_of_the_file) {
    write("customers.csv", "id,name\n1,Ann\n2,\"Bo\nb\"\n4,\"Cid\n5,Dan\n");
    write("p.toml", customers_pipeline("replace"));
    sql("insert into customers values (9, 'Old')");

    const auto o = run("p.toml", {"--max-rejects", "10"});

    EXPECT_EQ(o.exit_code, 1) << o.err;
    EXPECT_TRUE(o.err_has("customers.csv:5: the quoted field that begins here is not closed")) << o.err;
    EXPECT_EQ(sql("select id from customers"), "9\n");
}

TEST_F(etl_rejects, none_is_allowed_unless_one_says_so) {
    write("customers.csv", "id,name\n1,Ann\n2\n");
    write("p.toml", customers_pipeline("insert"));

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 4) << o.err;
    EXPECT_EQ(rejects(), header + "3,,,,\"number of fields: 1, expected: 2\"\n");
    EXPECT_EQ(sql("select count(*) from customers"), "0\n");
}

TEST_F(etl_rejects, a_violated_key_is_told_with_its_value) {
    sql("create table orders (id int primary key, customer int references customers deferrable initially deferred);"
        "insert into customers values (1, 'Ann')");
    write("orders.csv", "id,customer\n1,1\n2,5\n3,1\n3,1\n");
    write("p.toml", "[source]\ntype = \"csv\"\nfile = \"orders.csv\"\n[target]\ntable = \"orders\"\nmode = \"replace\"\n");

    const auto o = run("p.toml", {"--max-rejects", "5", "--rejects", "bad.csv"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(sql("select id from orders order by id"), "1\n3\n");
    EXPECT_EQ(
        read("bad.csv"),
        header +
            "3,,,23503,\"insert or update on table \"\"orders\"\" violates foreign key constraint "
            "\"\"orders_customer_fkey\"\": Key (customer)=(5) is not present in table \"\"customers\"\".\"\n"
            "5,,,23505,\"duplicate key value violates unique constraint \"\"orders_pkey\"\": Key (id)=(3) already exists.\"\n");
}

TEST_F(etl_rejects, an_expression_that_fails_is_told_by_its_column) {
    write("customers.csv", "id,name,n\n1,Ann,2\n2,Bob,0\n");
    write("p.toml",
          customers_pipeline("upsert", "[[step]]\ncompute = \"credit\"\nsql = \"1 / n::numeric\"\n[[step]]\ndrop = \"n\"\n"));

    const auto o = run("p.toml", {"--max-rejects", "1"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(rejects(), header + "3,\"credit\",,22012,\"division by zero\"\n");
    EXPECT_EQ(sql("select id, credit from customers"), "1|0.50\n");
}

TEST_F(etl_rejects, whatever_a_trigger_has_against_a_row_is_about_that_row) {
    sql("create or replace function refuse() returns trigger language plpgsql as $$begin"
        " if new.name = 'Bob' then raise 'no Bob' using errcode = 'P0002'; end if;"
        " if new.name = 'Cid' then raise 'no Cid' using errcode = 'ZZ001'; end if;"
        " return new; end$$;"
        "create trigger refuse before insert on customers for each row execute function refuse()");
    write("customers.csv", "id,name\n1,Ann\n2,Bob\n3,Cid\n4,Dan\n");
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--max-rejects", "2"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(rejects(), header + "3,,,P0002,\"no Bob\"\n4,,,ZZ001,\"no Cid\"\n");
    EXPECT_EQ(sql("select id from customers order by id"), "1\n4\n");
}

TEST_F(etl_rejects, a_value_that_its_type_takes_for_wrong_syntax_is_one_too) {
    sql("alter table customers add words tsquery");
    write("customers.csv", "id,name,words\n1,Ann,a & b\n2,Bob,a & &\n");
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--max-rejects", "1"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_TRUE(rejects().starts_with(header + "3,\"words\",\"a & &\",42601,")) << rejects();
    EXPECT_EQ(sql("select id from customers"), "1\n");
}

TEST_F(etl_rejects, nothing_is_loaded_if_they_cannot_be_written) {
    const std::string long_text(1000, 'x');
    std::string text = "id,name\n";
    for (int i = 0; i < 10; ++i) {
        text += long_text + ",Ann\n";
    }
    write("customers.csv", text + "1,Bob\n");
    write("p.toml", customers_pipeline("upsert"));
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{4096, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);

    ::setrlimit(RLIMIT_FSIZE, &small); // the program inherits both
    const auto o = run("p.toml", {"--max-rejects", "10"});
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);

    EXPECT_EQ(o.exit_code, 1) << o.err;
    EXPECT_TRUE(o.err_has("customers.rejects.csv: ")) << o.err;
    EXPECT_EQ(sql("select count(*) from customers"), "0\n");
}

TEST_F(etl_rejects, bad_rows_among_many) {
    std::string text = "id,name\n";
    for (int i = 1; i <= 20'000; ++i) {
        text += (i % 4000 == 0 ? "bad" : "") + std::to_string(i) + ",Ann\n";
    }
    write("customers.csv", text);
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--max-rejects", "5", "--json"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(sql("select count(*) from customers"), "19995\n");
    const auto summary = event(o, "summary");
    EXPECT_EQ(summary.at("rejected").as_int64(), 5);
    EXPECT_EQ(summary.at("written").as_int64(), 19995);
}

} // namespace
} // namespace etl_test
