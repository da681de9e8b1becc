// SPDX-License-Identifier: BSL-1.0
// A queue of jobs in a table: any number of workers, each job done once, and no polling while there is nothing to do.
//
// usage: job_queue DSN create
//        job_queue DSN add TASK...
//        job_queue DSN work            until it is interrupted; start as many as you like
//
// A worker locks the job it works on (FOR UPDATE SKIP LOCKED), so that others pass it by, and deletes it when it is done, in
// the same transaction. If the worker dies, its transaction is rolled back, and another worker finds the job.
#include "worker.hpp"

#include <pgcoro/pgcoro.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

using pgcoro::task;

task<> create(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("create table jobs (id bigint generated always as identity primary key, task text not null)"));
    co_return pgcoro::success();
}

// [add]
task<> add(pgcoro::connection& db, const std::string& job) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into jobs (task) values ($1)", job));
    BOOST_OUTCOME_CO_TRY(co_await tx.notify("jobs")); // arrives when the job can be seen, or not at all
    co_return co_await tx.commit();
}
// [/add]

task<> run(std::string dsn, std::string command, std::vector<std::string> tasks) {
    if (command == "work") {
        co_return co_await job_queue::work(dsn, [](const job_queue::job& j) -> task<> {
            std::cout << j.id << ' ' << j.task << std::endl;
            co_return pgcoro::success();
        });
    }
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(dsn));
    if (command == "create") {
        co_return co_await create(db);
    }
    for (const std::string& job : tasks) {
        BOOST_OUTCOME_CO_TRY(co_await add(db, job));
    }
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string command = arguments.size() < 2 ? "" : arguments[1];
    if ((command != "create" && command != "add" && command != "work") || (command == "add") != (arguments.size() > 2)) {
        std::cerr << "usage: job_queue DSN create | add TASK... | work\n";
        return 2;
    }
    const auto done = pgcoro::run(run(arguments[0], command, {arguments.begin() + 2, arguments.end()}));
    if (!done) {
        std::cerr << "job_queue: " << done.error() << '\n';
    }
    return done ? 0 : 1;
}
