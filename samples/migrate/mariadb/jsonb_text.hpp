// SPDX-License-Identifier: BSL-1.0
// JSON as PostgreSQL's jsonb prints it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace migrate::mariadb {

struct not_jsonb {
    std::string reason; // "a NUL character"
};

/// Keys in jsonb's order, each of them once, numbers without an exponent, no escapes but the necessary ones:
/// {"a": [true, null], "b": 1.10}. Or why jsonb refuses it.
std::variant<std::string, not_jsonb> jsonb_text(std::string_view json);

} // namespace migrate::mariadb
