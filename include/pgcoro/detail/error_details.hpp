// SPDX-License-Identifier: BSL-1.0
// What an `error` points to: filled by whoever makes the error, immutable from then on.
#pragma once

#include <pgcoro/error.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::detail {

/// Of the pointers to one object: a copy of the object begins with none.
struct reference_count : std::atomic<int> {
    reference_count() noexcept : std::atomic<int>(0) {}
    reference_count(const reference_count&) noexcept : reference_count() {}
    reference_count& operator=(const reference_count&) = delete;
};

struct error_details {
    boost::system::error_code code;
    std::uint8_t facts = 0;
    int position = 0;
    std::string message, severity, detail, hint, schema, table, column, data_type, constraint, context, routine, statement;
    std::vector<connect_attempt> attempts;
    std::optional<std::size_t> item;

    mutable reference_count references;
};

/// Lets the library say more about an error.
struct error_access {
    /// The same error, to be changed.
    static std::unique_ptr<error_details> copy(const error& e);
};

} // namespace pgcoro::detail
