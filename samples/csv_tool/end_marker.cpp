// SPDX-License-Identifier: BSL-1.0
#include "end_marker.hpp"

#include <iterator>

namespace csv_tool {

// Lines end as the server takes them to: with a line feed, a carriage return, or both.
std::optional<std::size_t> find_end_marker(std::istream& csv) {
    std::size_t line = 1;
    std::size_t column = 0; // of the line: so many characters were read
    std::size_t marked = 0; // so many of them are those of the marker
    bool is_quoted = false;
    char before = 0;
    for (std::istreambuf_iterator<char> at(csv), end; at != end; ++at) {
        const char c = *at;
        if (c == '\n' && before == '\r') {
            before = c; // the second half of a line's end
            continue;
        }
        before = c;
        if (c == '\n' || c == '\r') {
            if (!is_quoted && marked == 2 && column == 2) {
                return line;
            }
            ++line;
            column = marked = 0;
            continue;
        }
        is_quoted = is_quoted != (c == '"'); // one in quotes is written twice
        marked += column < 2 && marked == column && c == "\\."[column] ? 1 : 0;
        ++column;
    }
    return !is_quoted && marked == 2 && column == 2 ? std::optional(line) : std::nullopt;
}

} // namespace csv_tool
