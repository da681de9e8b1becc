// SPDX-License-Identifier: BSL-1.0
// What an `error` points to: filled by whoever makes the error, immutable from then on.
#pragma once

#include <pgcoro/error.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <string>
#include <vector>

namespace pgcoro::detail {

struct error_details {
    boost::system::error_code code;
    std::uint8_t facts = 0;
    int position = 0;
    std::string message, severity, detail, hint, schema, table, column, data_type, constraint, context, routine, statement;
    std::vector<connect_attempt> attempts;

    mutable std::atomic<int> references = 0;
};

} // namespace pgcoro::detail
