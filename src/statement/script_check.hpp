// SPDX-License-Identifier: BSL-1.0
// What psql understands and the server does not: commands that begin with a backslash, and the data of COPY between the lines.
#pragma once

#include <pgcoro/error.hpp>
#include <pgcoro/script.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro::detail {

/// An error that says what it is and where, if the script holds such a thing.
error check_script(std::string_view script);

/// Where a statement begins, counted from 0 without empty ones.
script_position position_of_statement(std::string_view script, std::size_t number) noexcept;

/// Of a character counted from 1, as the server counts.
script_position position_of_character(std::string_view script, std::size_t character) noexcept;

} // namespace pgcoro::detail
