// SPDX-License-Identifier: BSL-1.0
// Counts answers, and keeps account of inserted rows.
#pragma once

#include "poolers/rows.hpp"
#include "soak/ledger.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>

namespace pgcoro::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A SQLSTATE, or the client's own word, and what may be done about it.
std::string brief(const error& e);

/// How many statements gave what they should.
class tally {
public:
    template <class T>
    void note(const result<T>& outcome, const T& expected) {
        if (!outcome) {
            note_failure(outcome.error());
        } else {
            ++(outcome.value() == expected ? right_ : wrong_);
        }
    }
    void note_success() { ++right_; }
    void note_failure(const error& e) {
        ++failed_;
        ++errors_[brief(e)];
    }

    int failed() const noexcept { return failed_; }
    /// All failures, each kind once.
    std::string errors() const;
    verdict verdict_of_all() const;

private:
    int right_ = 0;
    int wrong_ = 0;
    int failed_ = 0;
    std::map<std::string, int> errors_;
};

/// Rows with numbers that no other run uses, and what was said of each.
class kept_rows {
public:
    using id = ledger::id;

    /// Makes the table "kept" if need be.
    static task<kept_rows> make(connection& direct);

    id next() noexcept { return first_ + said_.next(); }
    void note(std::span<const id> rows, const error& outcome) { said_.note(rows, outcome); }
    void note(id row, const error& outcome) { said_.note(std::span(&row, 1), outcome); }

    /// Asks the server. Wrong if anything said is not true, else `otherwise`.
    task<verdict> compare(connection& direct, verdict otherwise) const;

private:
    id first_ = 0;
    ledger said_;
};

template <class T>
error error_of(const result<T>& r) {
    return r ? error() : r.error();
}

/// Runs `body(0)`, `body(1)`, ... at the same time. `body` must live until they are all done.
template <class Body>
asio::awaitable<void> together(int count, Body& body) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
    int left = count;
    for (int i = 0; i < count; ++i) {
        asio::co_spawn(executor, body(i), [&](std::exception_ptr) {
            if (--left == 0) {
                all_done.cancel();
            }
        });
    }
    boost::system::error_code cancelled;
    co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> pause_for(std::chrono::milliseconds duration);

} // namespace pgcoro::test
