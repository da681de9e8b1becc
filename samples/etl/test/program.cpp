// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace etl_test {

void program::SetUpTestSuite() {
    pgcoro::testing::server_options options;
    options.settings = {{"max_prepared_transactions", "2"}}; // which hold locks without a session
    server = pgcoro::testing::ephemeral_server::create(options).value();
}

program::program() {
    std::string name = (std::filesystem::temp_directory_path() / "pgcoro_etl.XXXXXX").string();
    folder = ::mkdtemp(name.data());
    sql("drop schema if exists pgcoro_etl cascade; drop table if exists orders; drop table if exists customers;"
        "create table customers (id int primary key, name varchar(20) not null, born date, credit numeric(10, 2))");
}

std::string program::write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    return path(name);
}

std::string program::read(const std::string& name) const {
    std::ifstream in(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> program::run_arguments(const std::string& pipeline, const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"run", pipeline, "--target", server->dsn()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return arguments;
}

outcome program::run(const std::string& pipeline, std::vector<std::string> options) const {
    return call(run_arguments(pipeline, options));
}

outcome program::call(std::vector<std::string> arguments) const { return wait(start(std::move(arguments))); }

pid_t program::start(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), PGCORO_ETL);
    std::vector<char*> words;
    for (std::string& a : arguments) {
        words.push_back(a.data());
    }
    words.push_back(nullptr);
    const std::string out = path("out");
    const std::string err = path("err");
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
        if (::dup2(::open(out.c_str(), flags, 0600), STDOUT_FILENO) >= 0 &&
            ::dup2(::open(err.c_str(), flags, 0600), STDERR_FILENO) >= 0 && ::chdir(folder.c_str()) == 0) {
            ::execv(PGCORO_ETL, words.data());
        }
        ::_exit(127);
    }
    return child;
}

outcome program::wait(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    outcome o;
    o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    o.out = read("out");
    o.err = read("err");
    return o;
}

boost::json::object program::event(const outcome& o, std::string_view kind) {
    std::istringstream lines(o.out);
    boost::json::object found;
    for (std::string line; std::getline(lines, line);) {
        auto object = boost::json::parse(line).as_object();
        if (object.at("event").as_string() == kind) {
            found = std::move(object);
        }
    }
    return found;
}

std::string customers_pipeline(const std::string& mode, const std::string& steps) {
    return "name = \"customers\"\n[source]\ntype = \"csv\"\nfile = \"customers.csv\"\n" + steps +
           "\n[target]\ntable = \"customers\"\nmode = \"" + mode + "\"\n" + (mode == "replace" ? "" : "key = [\"id\"]\n");
}

} // namespace etl_test
