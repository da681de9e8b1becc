// SPDX-License-Identifier: BSL-1.0
// What the command line asks for.
#pragma once

#include <optional>
#include <string>

namespace csv_tool {

struct arguments {
    enum class direction { in, out };

    std::string server; // a connection string or URI
    direction way = direction::in;
    std::string what; // a table, or for `out` also a query
    std::string file;
    bool header = false;

    /// Nothing, if that is no command line of ours.
    static std::optional<arguments> parse(int argc, char** argv);

    /// The COPY that does it. `what` is SQL of whoever runs the program: names that need quotes have them already.
    std::string statement() const;
};

inline constexpr const char* usage = "usage: csv_tool DSN in  TABLE           FILE [--header]\n"
                                     "       csv_tool DSN out TABLE-or-SELECT FILE [--header]\n";

} // namespace csv_tool
