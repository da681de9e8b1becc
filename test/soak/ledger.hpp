// SPDX-License-Identifier: BSL-1.0
// What the soak test was told about each row it wanted to insert, to be compared with what is in the table.
#pragma once

#include <pgcoro/error.hpp>

#include <cstdint>
#include <iostream>
#include <map>
#include <set>
#include <span>

namespace pgcoro::test {

class ledger {
public:
    using id = std::int64_t;

    id next() noexcept { return ++last_; }

    /// Of rows that were to be inserted together, or alone. No error: they were.
    void note(std::span<const id> rows, const error& outcome) {
        for (const auto row : rows) {
            told_[row] = !outcome ? told::done : outcome.outcome_unknown() ? told::in_doubt : told::not_done;
        }
        ++(!outcome ? done_ : outcome.outcome_unknown() ? in_doubt_ : outcome.safe_to_retry() ? safe_ : failed_);
    }

    /// Writes down each row of which something else was told than is true, and gives how many.
    int compare(const std::set<id>& table) const {
        int wrong = 0;
        for (const auto& [row, how] : told_) {
            const bool is_there = table.contains(row);
            if ((how == told::done && !is_there) || (how == told::not_done && is_there)) {
                std::cerr << "row " << row << (is_there ? " is there, and was said not to be\n" : " is lost\n");
                ++wrong;
            }
        }
        return wrong;
    }

    friend std::ostream& operator<<(std::ostream& out, const ledger& l) {
        return out << l.done_ << " done, " << l.safe_ << " safe to retry, " << l.failed_ << " failed, " << l.in_doubt_
                   << " in doubt";
    }

private:
    enum class told { done, not_done, in_doubt };
    std::map<id, told> told_;
    id last_ = 0;
    int done_ = 0;
    int safe_ = 0;
    int failed_ = 0;
    int in_doubt_ = 0;
};

} // namespace pgcoro::test
