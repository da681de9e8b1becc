// SPDX-License-Identifier: BSL-1.0
// What is wrong with a pipeline file, and where.
#pragma once

#include <cstdint>
#include <string>

namespace etl {

/// A position in the pipeline file, both counted from 1.
struct place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    friend auto operator<=>(const place&, const place&) = default;
};

/// A text of the pipeline file, and where it stands.
struct placed {
    std::string text;
    place where;
};

struct mistake {
    place where;
    std::string text;
};

/// "orders.toml:12:3: there is no column "x""
inline std::string describe(const mistake& m, const std::string& file) {
    return file + ":" + std::to_string(m.where.line) + ":" + std::to_string(m.where.column) + ": " + m.text;
}

} // namespace etl
