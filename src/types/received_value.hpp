// SPDX-License-Identifier: BSL-1.0
// A value as a server has sent it, on its way to a server.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/pg_type.hpp>

namespace pgcoro::detail {

struct received_value {
    oid_number type;
    int format; // 0 text, 1 binary
    bool is_null;
    value_bytes bytes;
    const type_catalogue& types; // of the server that it came from
};

} // namespace pgcoro::detail
