// SPDX-License-Identifier: BSL-1.0
// The statements of a script.
#pragma once

#include <pgcoro/detail/sql_scanner.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro {

/// Steps from one statement of a script to the next. Semicolons divide them, but not in parentheses (CREATE RULE) and not
/// between BEGIN ATOMIC and its END, where CASE has an END of its own.
class statement_splitter {
public:
    explicit statement_splitter(std::string_view script) noexcept : script_(script), scanner_(script) {
        scanner_.watch_marks();
    }

    /// From its first word or parenthesis to where the next one begins. Empty ones are left out; empty at the end.
    std::string_view next() noexcept;

private:
    std::string_view script_;
    detail::sql_scanner scanner_;
};

} // namespace pgcoro
