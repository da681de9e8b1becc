// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/http_status.hpp>

namespace pgcoro {
namespace {

using namespace std::chrono_literals;

constexpr auto soon = 1s;  // another transaction, or a busy pool, was in the way
constexpr auto later = 5s; // the server has to start, to be promoted, or to be relieved

http_problem unavailable(std::chrono::seconds retry_after) noexcept {
    return {503, "The database is not available at the moment; nothing was done", retry_after};
}

/// What the server has against the request itself. Code 0: nothing.
http_problem refused(const error& why) noexcept {
    switch (const auto state = why.sqlstate()) {
    case sqlstate::insufficient_privilege: return {403, "The request is not permitted", {}};
    case sqlstate::check_violation:
    case sqlstate::with_check_option_violation: return {422, "A value is not allowed", {}};
    case sqlstate::not_null_violation: return {422, "A value is missing", {}};
    default:
        if (sqlstate_class(state) == sqlstate::integrity_constraint_violation) {
            return {409, "The request conflicts with existing data", {}};
        }
        if (sqlstate_class(state) == sqlstate::data_exception) {
            return {422, "A value is invalid", {}};
        }
    }
    if (why == errc::no_rows) {
        return {404, "There is no such thing", {}};
    }
    const bool is_parameter = why == errc::value_out_of_range && why.is(error::nothing_sent); // and not a value of a result
    if (why == errc::invalid_text || why == errc::value_too_large || is_parameter) {
        return {422, "A value is invalid", {}};
    }
    return {0, {}, {}};
}

/// The server has refused the statement because of its own state, and will not for long.
bool is_passing(const error& why) noexcept {
    switch (const auto state = why.sqlstate()) {
    case sqlstate::cannot_connect_now:
    case sqlstate::lock_not_available:
    case sqlstate::read_only_sql_transaction: return true;
    default: return sqlstate_class(state) == sqlstate::insufficient_resources;
    }
}

} // namespace

http_problem http_status(const error& why, http_repeat repeat) noexcept {
    if (!why) {
        return {200, "OK", {}};
    }
    if (const auto refusal = refused(why); refusal.code != 0) {
        return refusal;
    }
    if (why.safe_to_retry()) {
        const bool has_server = why == sqlstate::serialization_failure || why == sqlstate::deadlock_detected ||
                                why == errc::pool_exhausted || why == errc::overloaded;
        return unavailable(has_server ? soon : later);
    }
    if (is_passing(why) && !why.outcome_unknown()) {
        return unavailable(why == sqlstate::lock_not_available ? soon : later);
    }
    if (why == errc::timed_out || why == sqlstate::query_canceled) {
        return {504, "The database did not answer in time", {}};
    }
    if (repeat == http_repeat::harmless && why.connection_lost()) {
        return unavailable(later);
    }
    if (why.outcome_unknown()) {
        return {500, "It is not known whether the request was carried out", {}};
    }
    return {500, "The request failed", {}};
}

} // namespace pgcoro
