// SPDX-License-Identifier: BSL-1.0
// What works through a pooler: `pooler_matrix CONNINFO DIRECT [--behind-pooler] [--restart COMMAND] [--row NAME]`.
//
// CONNINFO leads through the pooler, DIRECT to the server behind it, as its superuser. Each row is a process of its own, which
// may hang or crash. It prints a line: the row's name, a verdict (right, limited, refused, WRONG, HANG) and what it saw,
// separated by tabs. Exits with 1 if a row was WRONG or a HANG.
#include "poolers/tally.hpp"

#include <boost/asio/io_context.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>

namespace pgcoro::test {

connect_config poolers_client::config() const {
    connect_config c(through);
    if (behind_pooler) {
        c.behind_pooler();
    }
    return c;
}

pool_options poolers_client::options(std::size_t max_size) const {
    pool_options o;
    o.max_size = max_size;
    o.behind_pooler = behind_pooler;
    o.retry.maximum = 200ms;
    return o;
}

std::string brief(const error& e) {
    std::string text;
    if (e.sqlstate() != sqlstate::successful_completion) {
        text = to_string(e.sqlstate());
    } else {
        text = e.code().message();
    }
    return text + (e.connection_lost() ? ", connection closed" : "") + (e.outcome_unknown() ? ", in doubt" : "");
}

std::string tally::errors() const {
    std::string text;
    for (const auto& [what, times] : errors_) {
        text += (text.empty() ? "" : "; ") + std::to_string(times) + " x " + what;
    }
    return text;
}

verdict tally::verdict_of_all() const {
    const auto all = std::to_string(right_ + wrong_ + failed_);
    if (wrong_ != 0) {
        return {verdict::wrong, std::to_string(wrong_) + " wrong answers of " + all};
    }
    if (failed_ != 0) {
        return {verdict::refused, std::to_string(failed_) + " of " + all + " failed: " + errors()};
    }
    return {verdict::right, all + " right"};
}

task<kept_rows> kept_rows::make(connection& direct) {
    BOOST_OUTCOME_CO_TRY(co_await direct.execute("create table if not exists kept (id bigint)"));
    BOOST_OUTCOME_CO_TRY(co_await direct.execute("grant all on kept to public"));
    kept_rows rows;
    BOOST_OUTCOME_CO_TRY(rows.first_, co_await direct.fetch_one<id>("select (extract(epoch from now()) * 1e6)::int8"));
    co_return rows;
}

task<verdict> kept_rows::compare(connection& direct, verdict otherwise) const {
    BOOST_OUTCOME_CO_TRY(auto ids, co_await direct.fetch<id>("select id from kept where id >= $1", first_));
    const std::set<id> there(ids.begin(), ids.end());
    if (there.size() != ids.size()) {
        co_return verdict(verdict::wrong, "a row is there twice");
    }
    if (const int wrong = said_.compare(there); wrong != 0) {
        co_return verdict(verdict::wrong, std::to_string(wrong) + " rows are not as reported");
    }
    co_return otherwise;
}

asio::awaitable<void> pause_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

namespace {

struct row {
    std::string_view name;
    row_function run;
    unsigned limit_in_seconds;
};

constexpr row rows[] = {
    {"64 pipelined", pipelined, 30},
    {"3rd of 10 fails", third_of_ten_fails, 30},
    {"INSERT alone", lone_inserts, 30},
    {"prepared, 8 clients", prepared_by_many, 60},
    {"evictions", evictions, 60},
    {"batch", batches, 30},
    {"transactions", transactions, 60},
    {"cancel", cancelled, 60},
    {"100 MiB", large_value, 180},
    {"65 535 parameters", most_parameters, 120},
    {"SET", settings, 30},
    {"DISCARD ALL", discarded, 30},
    {"server connection killed", server_session_killed, 60},
    {"pooler restarted", pooler_restarted, 60},
    {"multiplexer", shared_lanes, 60},
};

constexpr std::string_view words[] = {"right", "limited", "refused", "WRONG"};

verdict run(const row& r, const poolers_client& where) {
    asio::io_context loop(1);
    std::optional<result<verdict>> outcome;
    asio::co_spawn(loop, r.run(where), [&](std::exception_ptr thrown, result<verdict> seen) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
        outcome = std::move(seen);
    });
    loop.run();
    if (!outcome) {
        return {verdict::wrong, "it ended without a word"};
    }
    return *outcome ? outcome->value() : verdict(verdict::refused, outcome->error().message());
}

/// In a child, which an alarm ends. True if nothing was wrong.
bool run_apart(const row& r, const poolers_client& where) {
    std::cout << r.name << '\t' << std::flush;
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(r.limit_in_seconds);
        const auto seen = run(r, where);
        std::cout << words[seen.what] << '\t' << seen.text << std::endl;
        ::_exit(seen.what == verdict::wrong ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        const int by = WTERMSIG(status);
        std::cout << (by == SIGALRM ? "HANG\tno end after " + std::to_string(r.limit_in_seconds) + " s"
                                    : "WRONG\tsignal " + std::to_string(by))
                  << std::endl;
    }
    return status == 0;
}

} // namespace
} // namespace pgcoro::test

int main(int argc, char** argv) {
    using namespace pgcoro::test;
    poolers_client where;
    std::string_view only;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--behind-pooler") {
            where.behind_pooler = true;
        } else if (word == "--restart" && i + 1 < argc) {
            where.restart = argv[++i];
        } else if (word == "--row" && i + 1 < argc) {
            only = argv[++i];
        } else {
            (where.through.empty() ? where.through : where.direct) = word;
        }
    }
    if (where.direct.empty()) {
        std::cerr << "usage: pooler_matrix CONNINFO DIRECT [--behind-pooler] [--restart COMMAND] [--row NAME]\n";
        return EXIT_FAILURE;
    }
    bool is_well = true;
    for (const auto& r : rows) {
        if (only.empty() || only == r.name) {
            is_well = run_apart(r, where) && is_well;
        }
    }
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
