// SPDX-License-Identifier: BSL-1.0
// `http_status(error)`: what an HTTP service answers when the database refuses a request or fails.
//
//     const auto status = pgcoro::http_status(order.error());
//     response.result(status.code);
//     response.body() = status.title; // safe to show to any client
#pragma once

#include <pgcoro/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgcoro {

/// Whether a request may be repeated when its outcome is unknown.
enum class http_repeat : std::uint8_t {
    /// It may change something: POST, PATCH.
    harmful,
    /// Twice is the same as once: GET, HEAD, PUT and DELETE (RFC 9110, section 9.2.2).
    harmless,
};

/// The status line of a response to a request that failed, and its header Retry-After.
struct http_problem {
    /// From 400 on; 200 if there was no error.
    int code = 200;
    /// What happened, for the client: one of a few fixed sentences, never the server's own words.
    std::string_view title;
    /// Set with 503 if the same request may succeed soon.
    std::optional<std::chrono::seconds> retry_after;
};

/// The HTTP status that an error amounts to. docs/http.md has the reasons.
///
/// - 403: `insufficient_privilege`: a missing GRANT, or a row-level security policy.
/// - 404: `errc::no_rows`.
/// - 409: class 23 (integrity constraints): unique, foreign keys, exclusion.
/// - 422: `check_violation`, `not_null_violation`, `with_check_option_violation`; class 22 (data exceptions);
///   `errc::invalid_text`, `errc::value_too_large`, and `errc::value_out_of_range` of a parameter.
/// - 503 with Retry-After: `safe_to_retry()`; class 53 (insufficient resources),
///   `lock_not_available`, `cannot_connect_now`, `read_only_sql_transaction`; with `http_repeat::harmless` also a lost
///   connection.
/// - 504: `errc::timed_out`, `query_canceled`.
/// - 500: everything else.
///
/// The server's verdict on the request (4xx) comes first. Then `safe_to_retry()` comes before 504: a deadline that passed
/// before anything was sent means that nothing was done, and that the request may be repeated. 504 means that the server was
/// working on the request, which may have taken effect. So does 500 if the error is `outcome_unknown()`: its title says so.
///
/// Nothing in the result comes from the server: a 5xx must not reveal tables and hosts. For a 409 or 422,
/// `error::constraint()` names the constraint: translate it into the terms of your API. Log `error::describe()`.
/// Thread safety: a pure function.
http_problem http_status(const error& why, http_repeat repeat = http_repeat::harmful) noexcept;

} // namespace pgcoro
