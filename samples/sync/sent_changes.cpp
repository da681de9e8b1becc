// SPDX-License-Identifier: BSL-1.0
#include "sent_changes.hpp"

#include "failure.hpp"
#include "retry_decision.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace data_sync {
namespace {

namespace asio = boost::asio;

std::string describe(const sent_change& change) {
    std::string text(name_of(change.kind));
    text.append(" ").append(change.table ? *change.table : "");
    return change.key.empty() ? text : text + " " + change.key;
}

pgcoro::error conflict_error(conflict what, const sent_change& change) {
    std::string text = describe(change);
    text += what == conflict::exists ? ": the row is there already" : ": the row is not there";
    return fail(failure::conflict, text + " (see --conflicts)");
}

} // namespace

pgcoro::error with_change(const pgcoro::error& why, const sent_change& change) {
    if (may_pass(why)) {
        return why;
    }
    const bool is_conflict = why == pgcoro::sqlstate::unique_violation;
    return fail(failure::conflict, describe(change) + ": " + explain(why) + (is_conflict ? " (see --conflicts)" : ""));
}

sent_changes::sent_changes(const asio::any_io_executor& executor, conflict_policy policy)
    : policy_(policy), changed_(executor, asio::steady_timer::time_point::max()) {}

void sent_changes::send(pgcoro::operation<pgcoro::command_tag> statement, sent_change change) {
    ++in_flight_;
    std::move(statement)([self = shared_from_this(), change = std::move(change)](pgcoro::result<pgcoro::command_tag> answer) {
        self->take_answer(answer, change);
        self->on_end();
    });
}

void sent_changes::send_position(pgcoro::operation<pgcoro::command_tag> statement) {
    ++in_flight_;
    std::move(statement)(
        [self = shared_from_this()](pgcoro::result<pgcoro::command_tag> answer) { self->on_position(answer); });
}

void sent_changes::take_answer(const pgcoro::result<pgcoro::command_tag>& answer, const sent_change& change) {
    // Statements that follow one which has failed fail because of it.
    if (!failure_ && !answer) {
        failure_ = with_change(answer.error(), change);
    } else if (!failure_ && change.rows != 0) {
        if (answer.value().rows_affected() != change.rows) { // one by one, it will be seen which
            failure_ = fail(failure::conflict, describe(change) + ": some of the rows do not fit (see --conflicts)");
        }
    } else if (!failure_) {
        if (const auto found = find_conflict(change.kind, change.inserts_missing, answer.value().rows_affected())) {
            ++conflicts_;
            if (is_fatal(policy_, change.kind, change.inserts_missing)) {
                failure_ = conflict_error(*found, change);
            }
        }
    }
}

void sent_changes::on_position(const pgcoro::result<pgcoro::command_tag>& answer) {
    if (!failure_ && !answer) {
        failure_ = answer.error();
    } else if (!failure_ && answer.value().rows_affected() != 1) {
        failure_ = fail(failure::busy, "another session has moved the position of this target");
    }
    on_end();
}

void sent_changes::on_end() {
    --in_flight_;
    if (in_flight_ <= wanted_ || failure_) {
        changed_.cancel();
    }
}

pgcoro::task<> sent_changes::wait_for(std::size_t most) {
    const auto self = shared_from_this();
    wanted_ = most;
    while (in_flight_ > most && !failure_) {
        boost::system::error_code ignored;
        co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (failure_) {
        co_return failure_;
    }
    co_return pgcoro::success();
}

} // namespace data_sync
