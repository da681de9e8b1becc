// SPDX-License-Identifier: BSL-1.0
// `\.` alone on a line, which ends the data of a COPY for servers before PostgreSQL 18: they skip whatever follows.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>

namespace csv_tool {

/// The line, counted from 1, that is nothing but `\.`; in quotes it is a value like others.
std::optional<std::size_t> find_end_marker(std::istream& csv);

} // namespace csv_tool
