// SPDX-License-Identifier: BSL-1.0
#include "sync_program.hpp"

#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace sync_test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 3min;
constexpr auto look_again = 20ms; // of what another process does

std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

pgcoro::testing::server_options source_options() {
    pgcoro::testing::server_options options;
    options.settings = {
        {"wal_level", "logical"}, {"max_wal_senders", "20"}, {"max_replication_slots", "20"}, {"wal_sender_timeout", "20s"}};
    return options;
}

process::process(std::filesystem::path folder, std::vector<std::string> arguments) : folder_(std::move(folder)) {
    arguments.insert(arguments.begin(), PGCORO_SYNC);
    std::vector<char*> words;
    for (std::string& a : arguments) {
        words.push_back(a.data());
    }
    words.push_back(nullptr);
    const std::string out = (folder_ / "out").string();
    const std::string err = (folder_ / "err").string();
    std::filesystem::remove(out);
    std::filesystem::remove(err);
    child_ = ::fork();
    if (child_ == 0) {
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
        if (::dup2(::open(out.c_str(), flags, 0600), STDOUT_FILENO) >= 0 &&
            ::dup2(::open(err.c_str(), flags, 0600), STDERR_FILENO) >= 0) {
            ::execv(PGCORO_SYNC, words.data());
        }
        ::_exit(127);
    }
}

process::~process() {
    if (child_ != 0) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
}

void process::send_signal(int number) const { ::kill(child_, number); }

outcome process::wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    outcome o;
    o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    o.out = out();
    o.err = err();
    return o;
}

std::string process::out() const { return contents(folder_ / "out"); }
std::string process::err() const { return contents(folder_ / "err"); }

void process::wait_for(const std::string& text) const {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (err().find(text) == std::string::npos) {
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT);
        if (std::chrono::steady_clock::now() > limit || ended.si_pid != 0) {
            throw std::runtime_error("not told: " + text + "\n" + err());
        }
        std::this_thread::sleep_for(look_again);
    }
}

void program::SetUpTestSuite() {
    source = ephemeral_server::create(source_options()).value();
    pgcoro::testing::server_options options;
    options.users.emplace_back("app", "secret"); // an ordinary role
    target = ephemeral_server::create(options).value();
}

void program::TearDownTestSuite() {
    source.reset();
    target.reset();
}

program::program() {
    std::string name = (std::filesystem::temp_directory_path() / "pgcoro_sync.XXXXXX").string();
    folder = ::mkdtemp(name.data());
    sql("set client_min_messages = error; drop publication if exists sync;"
        "drop schema if exists shop cascade; drop schema public cascade; create schema public");
    for (const std::string database : {"east", "west"}) {
        in(*target, "postgres", "drop database if exists " + database + " with (force)");
        in(*target, "postgres", "create database " + database);
    }
}

program::~program() {
    wait_until_nobody_reads();
    sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    std::filesystem::remove_all(folder);
}

std::string program::in(ephemeral_server& server, const std::string& database, const std::string& text) {
    auto answer = server.run_sql(text, database).value();
    if (answer.ends_with('\n')) {
        answer.pop_back();
    }
    return answer;
}

void program::everywhere(const std::string& text) {
    sql(text);
    east(text);
    west(text);
}

std::vector<std::string> program::arguments(const std::string& command, const std::vector<std::string>& targets,
                                            const std::vector<std::string>& options) {
    std::vector<std::string> all{command, "--source", source->dsn()};
    for (const auto& t : targets) {
        all.push_back("--target");
        all.push_back(t + "=" + dsn_of(t));
    }
    all.insert(all.end(), options.begin(), options.end());
    return all;
}

outcome program::call(const std::string& command, const std::vector<std::string>& targets,
                      const std::vector<std::string>& options) const {
    return start(command, targets, options).wait();
}

outcome program::call_with(const std::vector<std::string>& all) const { return process(folder, all).wait(); }

process program::start(const std::string& command, const std::vector<std::string>& targets,
                       const std::vector<std::string>& options) const {
    return process(folder, arguments(command, targets, options));
}

void program::wait_until(const std::string& database, const std::string& query, const std::string& answer) const {
    const auto limit = std::chrono::steady_clock::now() + patience;
    for (std::string found = in(*target, database, query); found != answer; found = in(*target, database, query)) {
        if (std::chrono::steady_clock::now() > limit) {
            throw std::runtime_error(query + ": " + found + " instead of " + answer + "\n" + contents(folder / "err"));
        }
        std::this_thread::sleep_for(look_again);
    }
}

void program::wait_until_nobody_reads() {
    sql("select pg_terminate_backend(active_pid, 20000) from pg_replication_slots where active_pid is not null");
}

boost::json::object last_event(const std::string& out, std::string_view kind) {
    std::istringstream lines(out);
    boost::json::object found;
    for (std::string line; std::getline(lines, line);) {
        auto object = boost::json::parse(line).as_object();
        if (object.at("event").as_string() == kind) {
            found = std::move(object);
        }
    }
    return found;
}

} // namespace sync_test
