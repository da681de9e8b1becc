// SPDX-License-Identifier: BSL-1.0
// What the program says, where, and what it ends with.
#include "program.hpp"

#include <boost/json/parse.hpp>

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

namespace etl_test {
namespace {

class etl_output : public program {
protected:
    etl_output() { write("customers.csv", "id,name\n1,Ann\n2,Bob\n"); }
};

TEST_F(etl_output, explains_itself) {
    const auto help = call({"--help"});
    const auto run_help = call({"run", "--help"});

    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(help.out_has("exit code: 0 done")) << help.out;
    EXPECT_EQ(run_help.exit_code, 0);
    EXPECT_TRUE(run_help.out_has("--max-rejects")) << run_help.out;
}

TEST_F(etl_output, tells_wrong_usage_from_failure) {
    EXPECT_EQ(call({}).exit_code, 2);
    EXPECT_EQ(call({"dance"}).exit_code, 2);
    EXPECT_EQ(call({"run"}).exit_code, 2);
    EXPECT_EQ(call({"run", "p.toml", "--batch-rows", "0"}).exit_code, 2);
    const auto no_pipeline = run("nothing.toml");
    EXPECT_EQ(no_pipeline.exit_code, 2);
    EXPECT_TRUE(no_pipeline.err_has("nothing.toml: No such file")) << no_pipeline.err;

    write("p.toml", customers_pipeline("upsert"));
    const auto no_server = call({"run", "p.toml", "--target", "host=/nowhere"});
    EXPECT_EQ(no_server.exit_code, 1) << no_server.err;
    std::filesystem::remove(path("customers.csv"));
    const auto no_file = run("p.toml");
    EXPECT_EQ(no_file.exit_code, 1);
    EXPECT_TRUE(no_file.err_has("customers.csv: No such file")) << no_file.err;
}

TEST_F(etl_output, checks_a_file_without_a_server) {
    write("good.toml", customers_pipeline("upsert"));
    write("bad.toml", customers_pipeline("merge", "[[step]]\nrename = \"a\"\n"));

    const auto good = call({"check", "good.toml"});
    const auto bad = call({"check", "bad.toml"});
    const auto json = call({"check", "bad.toml", "--json"});

    EXPECT_EQ(good.exit_code, 0);
    EXPECT_EQ(good.out, "good.toml: no mistakes\n");
    EXPECT_EQ(bad.exit_code, 2);
    EXPECT_EQ(bad.err, "bad.toml:5:1: a rename step needs the key \"to\"\n"
                       "bad.toml:10:8: \"mode\" is one of insert, upsert, replace, not \"merge\"\n");
    EXPECT_EQ(event(json, "mistake").at("line").as_int64(), 10);
}

TEST_F(etl_output, what_does_not_fit_the_target_is_told_with_its_position_before_anything_is_read) {
    const auto complaint = [&](const std::string& mode, const std::string& steps, const std::string& csv = {}) {
        write("customers.csv", csv.empty() ? "id,name\nbad\n" : csv); // a row that would be a reject
        write("p.toml", customers_pipeline(mode, steps));
        const auto o = run("p.toml");
        EXPECT_EQ(o.exit_code, 2) << o.err;
        const auto at = o.err.find("pgcoro-etl: ");
        return at == std::string::npos ? o.err : o.err.substr(at + 12);
    };
    EXPECT_EQ(complaint("upsert", "[[step]]\ndrop = \"x\"\n"),
              "p.toml:6:8: the rows have no column \"x\" at this step; they have: id, name\n");
    EXPECT_EQ(complaint("upsert", {}, "id,name,x\nbad\n"),
              "p.toml:7:9: the table customers has no column \"x\"; rename or drop it\n");
    EXPECT_EQ(complaint("upsert", "[[step]]\ncompute = \"credit\"\nsql = \"1 +\"\n"),
              "p.toml:7:7: syntax error at or near \")\"\n");
    EXPECT_EQ(complaint("upsert", "[[step]]\ncompute = \"credit\"\nsql = \"nam\"\n"),
              "p.toml:7:7: column \"nam\" does not exist\n");
    EXPECT_EQ(complaint("upsert", "[[step]]\nlookup = \"select 1 as k\"\nmatch = { id = \"k\" }\nadd = \"born\"\n"),
              "p.toml:6:10: column q.born does not exist\n");
    EXPECT_EQ(complaint("upsert", "[[step]]\nlookup = \"select 1 as k, '' as born from generate_series(1, 2)\"\n"
                                  "match = { id = \"k\" }\nadd = \"born\"\n"),
              "p.toml:6:10: the lookup has two rows for: 1\n");
    sql("alter table customers drop constraint customers_pkey");
    EXPECT_EQ(complaint("upsert", {}),
              "p.toml:6:1: there is no unique or exclusion constraint matching the ON CONFLICT specification\n");
    sql("alter table customers alter id drop not null");
    EXPECT_EQ(complaint("upsert", {}), "p.toml:9:8: \"id\" may be NULL in customers, so it cannot be part of a key\n");
    sql("drop table customers");
    EXPECT_EQ(complaint("upsert", {}), "p.toml:7:9: the target has no table \"customers\"\n");
}

TEST_F(etl_output, a_key_that_is_deferrable_is_a_mistake_of_the_file) {
    sql("alter table customers drop constraint customers_pkey, add primary key (id) deferrable");
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 2) << o.err;
    EXPECT_TRUE(o.err_has("p.toml:6:1: ON CONFLICT does not support deferrable unique constraints")) << o.err;
    EXPECT_EQ(sql("select count(*) from customers"), "0\n");
}

TEST_F(etl_output, a_query_of_the_source_that_is_wrong_is_a_mistake_of_the_file) {
    write("p.toml",
          "[source]\ntype = \"postgres\"\nquery = \"select nothing\"\n[target]\ntable = \"customers\"\nmode = \"replace\"\n");
    const auto postgres = run("p.toml", {"--source", server->dsn()});
    write("p.toml", "[source]\ntype = \"postgres\"\nquery = \"select 1 as id, 2 as id\"\n[target]\ntable = \"customers\"\n"
                    "mode = \"replace\"\n");
    const auto twice = run("p.toml", {"--source", server->dsn()});
    write("shop.db", "");
    write(
        "p.toml",
        "[source]\ntype = \"sqlite\"\nfile = \"shop.db\"\nquery = \"select x from nowhere\"\n[target]\ntable = \"customers\"\n"
        "mode = \"replace\"\n");
    const auto sqlite = run("p.toml");

    EXPECT_EQ(postgres.exit_code, 2);
    EXPECT_TRUE(postgres.err_has("p.toml:3:9: column \"nothing\" does not exist")) << postgres.err;
    EXPECT_TRUE(twice.err_has("p.toml:3:9: the query has two columns \"id\"")) << twice.err;
    EXPECT_EQ(sqlite.exit_code, 2);
    EXPECT_TRUE(sqlite.err_has("p.toml:4:9: ")) << sqlite.err;
    EXPECT_TRUE(sqlite.err_has("no such table: nowhere")) << sqlite.err;
}

TEST_F(etl_output, every_line_for_machines_is_an_object) {
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--json"});

    EXPECT_EQ(o.exit_code, 0);
    EXPECT_EQ(o.err, "");
    std::istringstream lines(o.out);
    int objects = 0;
    for (std::string line; std::getline(lines, line); ++objects) {
        EXPECT_TRUE(boost::json::parse(line).as_object().contains("event")) << line;
    }
    EXPECT_GT(objects, 3);
    const auto summary = event(o, "summary");
    EXPECT_EQ(summary.at("read").as_int64(), 2);
    EXPECT_EQ(summary.at("source_sha256").as_string().size(), 64u);
    EXPECT_EQ(event(o, "progress").at("rows").as_int64(), 2);
}

TEST_F(etl_output, plain_lines_without_a_terminal_and_a_log_of_all_operations) {
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml", {"--log", "etl.log"});
    const auto again = run("p.toml", {"--log", "etl.log"});

    EXPECT_EQ(o.err.find_first_of("\r\033"), std::string::npos);
    EXPECT_TRUE(o.err_has("2 rows   ")) << o.err;
    EXPECT_EQ(again.exit_code, 0);
    const auto log = read("etl.log");
    for (const auto* operation : {" started pipeline=\"customers\"\n", " connected ", " staged rows=2 ", " merged rows=2 ",
                                  " committed\n", " summary {"}) {
        const auto first = log.find(operation);
        EXPECT_NE(first, std::string::npos) << operation;
        EXPECT_NE(log.find(operation, first + 1), std::string::npos) << operation; // appended
    }
}

TEST_F(etl_output, a_bar_on_a_terminal) {
    write("p.toml", customers_pipeline("upsert"));
    const std::string dsn = server->dsn();
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    ASSERT_GE(child, 0);
    if (child == 0) {
        if (::chdir(folder.c_str()) == 0) {
            ::execl(PGCORO_ETL, PGCORO_ETL, "run", "p.toml", "--target", dsn.c_str(), nullptr);
        }
        ::_exit(127);
    }
    std::string shown;
    char part[1024];
    for (ssize_t n = 0; (n = ::read(terminal, part, sizeof part)) > 0;) { // an error at the end
        shown.append(part, static_cast<std::size_t>(n));
    }
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);

    EXPECT_EQ(status, 0) << shown;
    EXPECT_NE(shown.find("\r\033[K2 rows   "), std::string::npos) << shown;
}

TEST_F(etl_output, no_password_is_shown) {
    const std::string dsn = server->tcp_dsn();
    const auto at = dsn.find("password=");
    ASSERT_NE(at, std::string::npos) << "the test needs a password";
    const auto secret = dsn.substr(at + 9, dsn.find_first_of(" '", at + 10) - at - 9);
    ASSERT_GT(secret.size(), 4u);
    write("customers.csv", "id,name\n1,Ann\nx,Bob\n");
    const auto source =
        "[source]\ntype = \"postgres\"\nconnection = \"" + dsn + "\"\nquery = \"select 'x' as id, 'n' as name\"\n";
    const auto target = "[target]\nconnection = \"" + dsn + "\"\ntable = \"customers\"\nmode = \"replace\"\n";
    write("good.toml", source + target);
    write("bad.toml", source + "\"" + target);
    write("missing.toml",
          source + "[target]\nconnection = \"" + dsn + " dbname=missing\"\ntable = \"t\"\nmode = \"replace\"\n");

    std::string all;
    for (const auto* file : {"good.toml", "bad.toml", "missing.toml"}) {
        for (const auto* format : {"--max-rejects=9", "--json"}) {
            const auto o = call({"run", file, format, "--log", "etl.log", "--rejects", "rejects.csv"});
            all += o.out + o.err;
        }
    }
    all += call({"run", "good.toml", "--target", dsn + " port=oops"}).err;
    all += call({"run", "good.toml", "--target", "host=127.0.0.1 port=1 password=" + secret}).err;
    all += read("etl.log") + read("rejects.csv");

    EXPECT_NE(all.find("invalid input syntax for type integer"), std::string::npos) << all;
    EXPECT_EQ(all.find(secret), std::string::npos);
}

} // namespace
} // namespace etl_test
