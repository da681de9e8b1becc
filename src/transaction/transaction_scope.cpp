// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/transaction_scope.hpp>

#include "transaction/end_call.hpp"

#include <utility>

namespace pgcoro::detail {
namespace {

const char* text_of(isolation_level level) noexcept {
    switch (level) {
    case isolation_level::server_default: break;
    case isolation_level::read_uncommitted: return " isolation level read uncommitted";
    case isolation_level::read_committed: return " isolation level read committed";
    case isolation_level::repeatable_read: return " isolation level repeatable read";
    case isolation_level::serializable: return " isolation level serializable";
    }
    return "";
}

const char* text_of(access_mode access) noexcept {
    switch (access) {
    case access_mode::server_default: break;
    case access_mode::read_write: return " read write";
    case access_mode::read_only: return " read only";
    }
    return "";
}

/// Savepoints may share names: a name means the innermost one of it. These show up in logs and pg_stat_activity.
std::string savepoint_name(const transaction_scope* outer) {
    int depth = 0;
    for (; outer; outer = outer->outer.get()) {
        ++depth;
    }
    return "pgcoro_" + std::to_string(depth);
}

} // namespace

// Not prepared: in an aborted transaction nothing must stand in the way of a ROLLBACK.
transaction_scope::transaction_scope(std::shared_ptr<request_target> through, request_target& real,
                                     const transaction_options& options)
    : owner(std::move(through)),
      engine(real),
      rollback(*this),
      tracks_outcome_(options.track_outcome),
      opening_(std::string("begin") + text_of(options.isolation) + text_of(options.access) +
               (options.deferrable ? " deferrable" : "")),
      commit_(std::string("commit")),
      rollback_(std::string("rollback")) {}

transaction_scope::transaction_scope(std::shared_ptr<transaction_scope> around)
    : owner(around->owner),
      engine(around->engine),
      outer(std::move(around)),
      rollback(*this),
      opening_("savepoint " + savepoint_name(outer.get())),
      commit_("release " + opening_),
      rollback_("rollback to " + opening_) {}

void transaction_scope::remove(scope_guest& g) noexcept {
    scope_guest** found = &guests_;
    while (*found && *found != &g) {
        found = &(*found)->next_guest;
    }
    if (*found) {
        *found = g.next_guest;
    }
}

void transaction_scope::tell_guests() noexcept {
    for (scope_guest* g = guests_; g; g = g->next_guest) {
        g->on_scope_abandoned();
    }
}

rollback_request::rollback_request(transaction_scope& of) noexcept : request(of.rollback_steps()) {
    scope = &of;
    role = part::rollback;
    needs_care = true;
}

const statement_text& rollback_request::text_of(std::size_t step) const noexcept { return scope->rollback_text(step); }

call_ptr<void> end_call::make_ending(const std::shared_ptr<transaction_scope>& of, bool commits) {
    return of ? make(of, *of, commits) : call_ptr<void>(new failed_call<void>(error(errc::transaction_over)));
}

bool end_call::consume(std::size_t, result_handle& r, const type_catalogue_ptr&) {
    tag_ = result_view(r.get()).tag();
    scope->was_rolled_back = tag_ == "ROLLBACK";
    return false;
}

result<> end_call::take() {
    // No tag: there was nothing to send.
    if (role == part::commit && !of_.is_savepoint() && tag_ == "ROLLBACK") {
        return error(errc::transaction_rolled_back);
    }
    return boost::outcome_v2::success();
}

} // namespace pgcoro::detail
