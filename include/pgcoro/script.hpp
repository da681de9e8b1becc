// SPDX-License-Identifier: BSL-1.0
// Scripts: several statements in one text, such as a schema or a migration.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/stream_origin.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>
#include <pgcoro/rowset.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pgcoro {

/// What one statement of a script gave.
struct script_result {
    command_tag tag;
    /// Empty for statements without rows. Values arrive as text, and are read as usual: `rows[0]["n"].as<int>()`.
    rowset rows;
};

/// A place in a script, counted from 1. Columns count characters.
struct script_position {
    std::size_t line = 0;
    std::size_t column = 0;

    friend bool operator==(const script_position&, const script_position&) = default;
};

/// The place in `script` that an error of `run_script` is about: what the server points to, or the beginning of the statement
/// that failed. Zeros if that is not known.
script_position position_in(std::string_view script, const error& e) noexcept;

namespace detail {
operation<std::vector<script_result>> run_script(const stream_origin& from, std::string script);
} // namespace detail

template <class Derived>
operation<std::vector<script_result>> queries<Derived>::run_script(std::string script) {
    return detail::run_script(detail::stream_origin(carrier()), std::move(script));
}

} // namespace pgcoro
