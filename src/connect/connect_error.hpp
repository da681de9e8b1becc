// SPDX-License-Identifier: BSL-1.0
// The server's refusal in the text libpq leaves when a connection could not be made.
#pragma once

#include <pgcoro/error.hpp>

#include <optional>
#include <string_view>

namespace pgcoro::wire {

/// Reads what libpq wrote about a server's error under PQERRORS_VERBOSE, from its beginning:
///
///     FATAL:  28P01: password authentication failed for user "app"
///     DETAIL:  ...
///     LOCATION:  auth_failed, auth.c:330
///
/// libpq exposes no fields for an error before the session exists. The words may be localised; two blanks, the SQLSTATE and
/// its colon are not. Whoever calls this cuts off what libpq had written before, so that no host name can pass for a header.
/// Nothing if the text is not a server's error, but one of libpq's own.
std::optional<error> parse_connect_error(std::string_view text);

} // namespace pgcoro::wire
