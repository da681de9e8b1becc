// SPDX-License-Identifier: BSL-1.0
// Random changes on one server, a copy on another one, and everything in between is killed and restarted: the copy ends up the
// same, and nothing is applied twice.
#include "support/libpq_session.hpp"
#include "support/run.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/testing/server_options.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::server_options;
using pgcoro::testing::shutdown_mode;

constexpr const char* tables = R"(
create table t1 (id int primary key, v int, body text);
create table t2 (id int primary key, v int);
create table t3 (a int, b int, body text, primary key (a, b));
create table t4 (id int primary key, body text);
create table t5 (v int, name text);
alter table t1 alter body set storage external; alter table t3 alter body set storage external;
alter table t4 alter body set storage external; alter table t4 replica identity full; alter table t5 replica identity full;
)";

// Each call is a transaction of so many changes, some of which are rolled back to a savepoint. The parity of keys keeps writers
// apart.
constexpr const char* churn = R"(
create sequence keys;
create function body() returns text language sql as $$ select repeat(md5(random()::text), (1 + 150 * random())::int) $$;
create function churn(writer int, changes int) returns int language plpgsql as $$
declare
    key int;
    chance float8;
begin
    for i in 1..changes loop
        chance := random();
        key := 2 * (random() * 2000)::int + writer;
        begin
            if chance < 0.25 then
                insert into t1 values (2 * nextval('keys') + writer, 0, body());
            elsif chance < 0.35 then
                insert into t2 values (key, 1) on conflict (id) do update set v = t2.v + 1;
            elsif chance < 0.5 then
                insert into t3 values (key, 1, body()) on conflict (a, b) do update set b = excluded.b + 1000000 * random();
            elsif chance < 0.6 then
                update t1 set v = v + 1 where id in (select id from t1 where id % 2 = writer order by random() limit 1);
            elsif chance < 0.7 then
                insert into t4 values (key, body()) on conflict (id) do update set id = 10000000 + 2 * nextval('keys') + writer;
            elsif chance < 0.8 then
                delete from t1 where id in (select id from t1 where id % 2 = writer limit 1);
                delete from t4 where id = key;
            elsif chance < 0.85 and writer = 0 then
                insert into t5 values (key % 10, 'name');
            elsif chance < 0.9 and writer = 0 then
                delete from t5 where ctid in (select ctid from t5 limit 2);
                update t5 set v = v + 1 where v = key % 10;
            elsif chance < 0.95 then
                insert into t2 values (key + 1000000, 2);
                raise exception 'taken back';
            else
                update t2 set v = v + 1 where id = key;
            end if;
        exception when others then
            if sqlerrm <> 'taken back' and sqlstate <> '23505' then raise; end if;
        end;
    end loop;
    return changes;
end $$;
)";

/// The consumer, a process of its own.
class consumer {
public:
    consumer(std::string source, std::string target) : source_(std::move(source)), target_(std::move(target)) { start(); }
    ~consumer() { kill(); }

    void start() {
        pid_ = ::fork();
        if (pid_ == 0) {
            ::execl(REPLICA_PROGRAM, REPLICA_PROGRAM, source_.c_str(), "s", "p", target_.c_str(), nullptr);
            ::_exit(127);
        }
    }
    void kill() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    /// Starts another one if it had to give up, for the server was not there. Fails the test if it ended otherwise.
    void see_that_it_runs() {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 2) << "the consumer failed: status " << status;
            start();
        }
    }

private:
    std::string source_;
    std::string target_;
    pid_t pid_ = 0;
};

class replication_whole : public testing::Test {
protected:
    replication_whole() {
        judge_.value(tables);
        libpq_session source(source_.dsn());
        source.value(tables);
        source.value(churn);
        source.value("create publication p for table t1, t2, t3, t4, t5");
        source.value("select pg_create_logical_replication_slot('s', 'pgoutput')");
    }

    static server_options source_options() {
        server_options options;
        options.settings = {{"wal_level", "logical"}, {"wal_sender_timeout", "20s"}, {"deadlock_timeout", "50ms"}};
        return options;
    }

    /// Makes changes until so many are made, whatever becomes of the server.
    void write(int writer, int changes) {
        std::minstd_rand random(static_cast<unsigned>(writer + 1));
        for (int made = 0; made < changes;) {
            libpq_session session(source_.dsn());
            while (session.connected() && made < changes) {
                const auto size = random() % 40 == 0 ? 1 + random() % 5000 : 1 + random() % 60;
                const auto answer = session.value("select churn(" + std::to_string(writer) + ", " + std::to_string(size) + ")");
                made += answer.starts_with("<error>") ? 0 : static_cast<int>(size);
                if (random() % 50 == 0) {
                    session.value("truncate t2");
                } else if (writer == 0 && random() % 50 == 0) {
                    const std::string column = "c" + std::to_string(random() % 4);
                    session.value("alter table t3 add column if not exists " + column + " int");
                    session.value("update t3 set " + column + " = 7 where a % 5 = 0");
                }
            }
        }
    }

    /// Until the copy has got so many transactions more.
    void wait_for_transactions(consumer& c, int count) {
        const int before = applied();
        wait_until(c, [&] { return applied() >= before + count || is_written_; });
    }
    int applied() {
        const auto count = judge_.value("select count(*) from applied");
        return count.starts_with("<error>") ? 0 : std::stoi(count);
    }
    void wait_until(consumer& c, const std::function<bool()>& condition) {
        const auto limit = std::chrono::steady_clock::now() + 10 * patience;
        while (!condition()) {
            c.see_that_it_runs();
            ASSERT_FALSE(HasFailure());
            ASSERT_LT(std::chrono::steady_clock::now(), limit);
            std::this_thread::yield();
        }
    }

    static std::string contents(libpq_session& of, const std::string& table) {
        return of.value(
            "select count(*) || ' rows, ' || coalesce(md5(string_agg(j, '' order by j)), '') from "
            "(select (select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(t)) where value <> 'null') j from " +
            table + " t) r");
    }

    void run(int changes, int kills) {
        std::vector<std::thread> writers;
        std::atomic<int> writing = 2;
        for (int writer = 0; writer < 2; ++writer) {
            writers.emplace_back([&, writer] {
                write(writer, changes / 2);
                is_written_ = --writing == 0;
            });
        }
        consumer c(source_.dsn(), target_.dsn());
        for (int i = 1; i <= kills; ++i) {
            wait_for_transactions(c, 20);
            c.kill();
            if (i == kills / 3) {
                static_cast<void>(source_.restart(shutdown_mode::fast).value());
            } else if (i == 2 * kills / 3) {
                static_cast<void>(source_.kill().value());
                static_cast<void>(source_.start().value());
            }
            c.start();
            if (i == kills) { // under a consumer that is there
                wait_for_transactions(c, 20);
                static_cast<void>(source_.restart(shutdown_mode::immediate).value());
            }
        }
        for (auto& writer : writers) {
            writer.join();
        }
        libpq_session source(source_.dsn());
        source.value("insert into t5 values (-1, 'the end')");
        wait_until(c, [&] { return judge_.value("select count(*) from t5 where v = -1") == "1"; });
        for (const std::string table : {"t1", "t2", "t3", "t4", "t5"}) {
            EXPECT_EQ(contents(judge_, table), contents(source, table)) << table;
            std::cout << table << ": " << contents(source, table) << '\n';
        }
        std::cout << applied() << " transactions\n";
    }

    ephemeral_server source_ = ephemeral_server::create(source_options()).value();
    ephemeral_server target_ = ephemeral_server::create().value();
    libpq_session judge_{target_.dsn()};
    std::atomic<bool> is_written_ = false;
};

TEST_F(replication_whole, copy_equals_its_source_after_kills_and_restarts) { run(20'000, 3); }

using slow = replication_whole;
TEST_F(slow, copy_equals_its_source_after_ten_kills) { run(200'000, 10); }

} // namespace
