// SPDX-License-Identifier: BSL-1.0
// Responses that say what is wrong: application/problem+json (RFC 9457).
#pragma once

#include "http_message.hpp"

#include <pgcoro/http_status.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace shop {

/// What is wrong with one field of a request.
struct field_problem {
    std::string field;
    std::string problem;
};

http_response problem(int status, std::string_view title, std::string_view detail = {},
                      const std::vector<field_problem>& fields = {});

/// The response to a request that the database has refused or failed. Has nothing of the server's words in it.
http_response problem_of(const pgcoro::error& why, pgcoro::http_repeat repeat);

/// One line for logs and the page: what failed, without values, which the server's messages may repeat.
std::string without_values(const pgcoro::error& why);

} // namespace shop
