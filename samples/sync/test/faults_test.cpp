// SPDX-License-Identifier: BSL-1.0
// Everything fails while the source is written to: targets are killed, the source is restarted, the program is killed, and the
// lines break. Afterwards all tables are the same, and nothing was applied twice.
#include "sync_program.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <thread>

namespace sync_test {
namespace {

using namespace std::chrono_literals;
using pgcoro::testing::fault_proxy;

/// Writes to the source until so many changes are made, whatever happens to it. Each transaction adds a row to `log`: one that
/// is applied twice is seen, as a row more or as a conflict. The rows say how many changes there are.
class writer {
public:
    writer(std::string dsn, std::int64_t changes) : dsn_(std::move(dsn)), wanted_(changes), thread_([this] { run(); }) {}
    ~writer() {
        wanted_ = 0;
        thread_.join();
    }
    std::int64_t written() const { return written_; }
    bool is_done() const { return written_ >= wanted_; }
    static constexpr const char* count = "select coalesce(sum(changes), 0) from log";

private:
    void run() {
        while (!is_done()) {
            const std::unique_ptr<PGconn, decltype(&::PQfinish)> db(::PQconnectdb(dsn_.c_str()), &::PQfinish);
            bool is_well = ::PQstatus(db.get()) == CONNECTION_OK;
            while (is_well && !is_done()) {
                is_well = run_one(db.get(), "do $$ begin for i in 1..25 loop "
                                            "insert into log (at, changes) values (clock_timestamp(), 4);"
                                            "insert into items select coalesce(max(id), 0) + 1, 0, 'x' from items;"
                                            "update items set n = n + 1 where id = (select max(id) from items);"
                                            "update items set n = n + 1 where id = 1;"
                                            "commit; end loop;"
                                            "insert into log (at, changes) values (clock_timestamp(), 103);"
                                            "insert into items select m + i, 0, repeat('y', 100) from "
                                            "(select max(id) as m from items) m, generate_series(1, 100) i;"
                                            "delete from items where id = (select max(id) from items);"
                                            "update items set id = -id where id = (select max(id) from items); end $$") &&
                          run_one(db.get(), count);
            }
            if (!is_well) {
                std::this_thread::sleep_for(10ms); // it is away
            }
        }
    }
    bool run_one(PGconn* db, const char* text) {
        const std::unique_ptr<PGresult, decltype(&::PQclear)> answer(::PQexec(db, text), &::PQclear);
        if (::PQntuples(answer.get()) == 1) {
            written_ = std::stoll(::PQgetvalue(answer.get(), 0, 0));
        }
        const auto status = ::PQresultStatus(answer.get());
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }

    std::string dsn_;
    std::atomic<std::int64_t> wanted_;
    std::atomic<std::int64_t> written_ = 0;
    std::thread thread_;
};

/// Without a key, each change is applied alone; else, they go together, and the next ones are read meanwhile.
constexpr char with_key[] = "create table log (at timestamptz, changes int, id int generated always as identity primary key)";
constexpr char without_key[] = "create table log (at timestamptz, changes int); alter table log replica identity full";

class faults {
public:
    explicit faults(const std::string& log) {
        const std::string tables = "create table items (id int primary key, n int, v text);" + log;
        for (auto* const server : {&source_, &east_, &west_}) {
            static_cast<void>(server->run_sql(tables).value());
        }
        static_cast<void>(source_.run_sql("insert into items values (1, 0, 'first')").value());
        std::string name = (std::filesystem::temp_directory_path() / "pgcoro_sync.XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~faults() { std::filesystem::remove_all(folder_); }

    /// `steps` failures while `changes` changes are made.
    void run(std::int64_t changes, int steps) {
        const auto seed = std::random_device{}();
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_.seed(seed);
        start_program();
        program_->wait_for("east: following");
        program_->wait_for("west: following");
        {
            const writer w(source_.dsn(), changes);
            for (int step = 0; step < steps; ++step) {
                const auto enough = changes * (step + 1) / (steps + 1);
                while (w.written() < enough) {
                    std::this_thread::sleep_for(5ms); // the writer's own pace
                }
                fail(step);
            }
            while (!w.is_done()) {
                std::this_thread::sleep_for(5ms);
            }
        }
        program_.reset(); // killed once more
        const auto o = process(folder_, arguments(false)).wait();
        EXPECT_EQ(o.exit_code, 0) << o.err;
        compare();
    }

private:
    std::vector<std::string> arguments(bool through_proxies) {
        std::vector<std::string> all{"run", "--all-tables", "--timeout", "4", "--retry-delay", "1"};
        const auto add = [&](const std::string& option, const std::string& value) {
            all.push_back(option);
            all.push_back(value);
        };
        add("--source", through_proxies ? lines_[0].dsn() : source_.dsn());
        add("--target", "east=" + (through_proxies ? lines_[1].dsn() : east_.dsn()));
        add("--target", "west=" + (through_proxies ? lines_[2].dsn() : west_.dsn()));
        if (!through_proxies) {
            all.emplace_back("--until-current");
        }
        return all;
    }
    void start_program() {
        program_.reset();
        program_ = std::make_unique<process>(folder_, arguments(true));
    }
    void fail(int step) {
        auto& line = lines_[random_() % lines_.size()];
        switch (step % 8) {
        case 0:
        case 3:
        case 6: start_program(); break; // after SIGKILL
        case 1: crash(random_() % 2 == 0 ? east_ : west_); break;
        case 2: line.reset_all(); break;
        case 4: source_.restart().value(); break;
        case 5: line.cut(); break;
        case 7: step % 16 == 7 ? line.half_open() : crash(west_); break;
        }
    }
    static void crash(ephemeral_server& server) {
        server.kill().value();
        server.start().value();
    }
    void compare() {
        const std::string state = "select (select md5(string_agg(i::text, ',' order by id)) from items i), "
                                  "(select count(*) || ' ' || md5(string_agg(l::text, ',' order by at)) from log l)";
        const auto wanted = source_.run_sql(state).value();
        const auto changes = source_.run_sql(writer::count).value();
        for (auto* const server : {&east_, &west_}) {
            EXPECT_EQ(server->run_sql(state).value(), wanted);
            EXPECT_EQ(server->run_sql("select changes, conflicts from pgcoro_sync.targets").value(),
                      changes.substr(0, changes.find('\n')) + "|0\n");
        }
    }

    ephemeral_server source_ = ephemeral_server::create(source_options()).value();
    ephemeral_server east_ = ephemeral_server::create().value();
    ephemeral_server west_ = ephemeral_server::create().value();
    std::vector<fault_proxy> lines_ = make_lines();
    std::vector<fault_proxy> make_lines() {
        std::vector<fault_proxy> made;
        made.push_back(fault_proxy::create(source_).value());
        made.push_back(fault_proxy::create(east_).value());
        made.push_back(fault_proxy::create(west_).value());
        return made;
    }
    std::filesystem::path folder_;
    std::unique_ptr<process> program_;
    std::mt19937 random_;
};

TEST(sync_faults, leave_the_tables_the_same) { faults(without_key).run(20'000, 16); }
TEST(sync_faults, leave_the_tables_the_same_though_much_is_on_its_way) { faults(with_key).run(20'000, 16); }

TEST(slow, two_hundred_thousand_changes_survive_all_faults) { faults(without_key).run(200'000, 32); }
TEST(slow, two_hundred_thousand_changes_on_their_way_survive_all_faults) { faults(with_key).run(200'000, 32); }

} // namespace
} // namespace sync_test
