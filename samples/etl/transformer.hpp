// SPDX-License-Identifier: BSL-1.0
// Sends the rows of a source through the steps, and makes the text of them that is staged. No I/O.
#pragma once

#include "checksum.hpp"
#include "pipeline.hpp"
#include "row.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace etl {

class transformer {
public:
    /// `names` are the columns after all steps.
    transformer(pipeline& p, std::vector<std::string> names) : pipeline_(p), names_(std::move(names)) {}

    /// The row as a line of COPY, with its number first; an empty one if it is filtered; or why it is rejected.
    std::variant<std::string_view, problem> take(row r);

    std::uint64_t filtered() const noexcept { return filtered_; }
    /// Of all rows that were taken.
    std::string source_checksum() const { return source_.hex(); }

private:
    std::optional<problem> find_bad_text(const row& r) const;

    pipeline& pipeline_;
    std::vector<std::string> names_;
    checksum source_;
    std::uint64_t filtered_ = 0;
    std::string text_;
};

} // namespace etl
