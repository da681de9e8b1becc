// SPDX-License-Identifier: BSL-1.0
// What clients were told of their statements, to be compared with what the server has.
#pragma once

#include "support/libpq_session.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace pgcoro::test {

/// Each piece of work has a number, and leaves as many rows with it in the table `kept`, when all of it is done.
class reports {
public:
    static constexpr const char* table =
        "set client_min_messages = warning; drop table if exists kept; create table kept (id int, n int)";

    explicit reports(int rows_each = 1) : rows_each_(rows_each) {}

    /// Takes down what the client of work number `id` was told.
    template <class T>
    void tell(int id, const result<T>& outcome) {
        if (outcome) {
            done_.insert(id);
            return;
        }
        const error& why = outcome.error();
        EXPECT_FALSE(why.safe_to_retry() && why.outcome_unknown()) << why;
        EXPECT_FALSE(why.message().empty());
        ++failures_[why.code().message()];
        (why.outcome_unknown() ? unknown_ : why.safe_to_retry() ? safe_to_retry_ : not_done_).insert(id);
    }

    /// Waits until no session of this application is left, and compares. Work that was never told of is not to be there.
    void compare(libpq_session& judge, const std::string& application) const {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (judge.value("select count(*) from pg_stat_activity where application_name = '" + application + "'") != "0") {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "sessions of " << application << " are left";
        }
        auto there = rows(judge);
        for (const int id : done_) {
            EXPECT_EQ(there[id], rows_each_) << id << " was reported as done";
        }
        for (const int id : unknown_) {
            EXPECT_TRUE(there[id] == 0 || there[id] == rows_each_) << id << " was done by half: " << there[id];
        }
        for (const auto& [id, count] : there) {
            EXPECT_TRUE(count == 0 || done_.contains(id) || unknown_.contains(id))
                << id << " is there and was " << (safe_to_retry_.contains(id) ? "safe to retry" : "reported as not done");
        }
    }

    std::size_t done() const { return done_.size(); }
    std::size_t failed() const { return safe_to_retry_.size() + not_done_.size() + unknown_.size(); }
    std::size_t unknown() const { return unknown_.size(); }
    std::size_t safe_to_retry() const { return safe_to_retry_.size(); }

    /// For people.
    std::string summary() const {
        std::ostringstream text;
        text << done_.size() << " done, " << unknown_.size() << " unknown, " << safe_to_retry_.size() << " safe to retry, "
             << not_done_.size() << " not done";
        for (const auto& [what, count] : failures_) {
            text << "; " << count << " x " << what;
        }
        return text.str();
    }

private:
    /// How many rows each number has.
    static std::map<int, int> rows(libpq_session& judge) {
        std::map<int, int> found;
        std::istringstream text(judge.value("select coalesce(string_agg(id || ' ' || c, ' '), '') from "
                                            "(select id, count(*) c from kept group by id) counted"));
        for (int id = 0, count = 0; text >> id >> count;) {
            found[id] = count;
        }
        return found;
    }

    int rows_each_;
    std::set<int> done_, safe_to_retry_, not_done_, unknown_;
    std::map<std::string, int> failures_;
};

} // namespace pgcoro::test
