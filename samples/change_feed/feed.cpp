// SPDX-License-Identifier: BSL-1.0
#include "feed.hpp"

#include <boost/asio/detached.hpp>

#include <iostream>
#include <unistd.h>
#include <variant>

namespace change_feed {

namespace replication = pgcoro::replication;

// [run]
pgcoro::task<> feed::run() {
    for (;;) {
        while (const auto event = stream_.try_next()) {
            BOOST_OUTCOME_CO_TRY(take(*event));
        }
        BOOST_OUTCOME_CO_TRY(store()); // nothing more has arrived: many small transactions share one wait for the disk
        auto event = co_await stream_.next();
        if (!event && is_stopping_) {
            co_return pgcoro::success();
        }
        BOOST_OUTCOME_CO_TRY(const auto next, std::move(event));
        BOOST_OUTCOME_CO_TRY(take(next));
    }
}

pgcoro::result<> feed::take(const replication::event& event) {
    if (std::holds_alternative<replication::begin>(event) || std::holds_alternative<replication::restarted>(event)) {
        transaction_.clear(); // an incomplete transaction arrives again
    }
    BOOST_OUTCOME_TRY(lines_.append(event, transaction_));
    if (const auto* c = std::get_if<replication::commit>(&event)) {
        BOOST_OUTCOME_TRY(file_.write(transaction_));
        written_ = c->end;
        ++transactions_;
        report();
    } else if (const auto* k = std::get_if<replication::keepalive>(&event)) {
        written_ = k->end;          // the published tables have not changed since
        BOOST_OUTCOME_TRY(store()); // before the next event is asked for
    }
    return pgcoro::success();
}

pgcoro::result<> feed::store() {
    if (written_ > stored_) {
        BOOST_OUTCOME_TRY(file_.store(written_));
        stored_ = written_;
        stream_.confirm(stored_); // not earlier: the server may then discard it
    }
    return pgcoro::success();
}
// [/run]

void feed::stop() {
    is_stopping_ = true;
    if (auto stored = store(); !stored) {
        std::cerr << "change_feed: " << stored.error() << '\n';
    }
    stream_.stop()(boost::asio::detached);
}

/// How far behind it is: once a second on a terminal, every ten seconds elsewhere.
void feed::report() {
    const bool is_terminal = ::isatty(STDERR_FILENO) != 0;
    const auto now = std::chrono::steady_clock::now();
    if (now - reported_ < std::chrono::seconds(is_terminal ? 1 : 10)) {
        return;
    }
    reported_ = now;
    const auto behind = stream_.server_position() > written_ ? stream_.server_position().value - written_.value : 0;
    std::cerr << (is_terminal ? "\r" : "") << transactions_ << " transactions, " << behind / 1024 << " KiB of log behind"
              << (is_terminal ? "\033[K" : "\n") << std::flush;
}

} // namespace change_feed
