// SPDX-License-Identifier: BSL-1.0
// From the text of a source to what the server reads, strictly.
#pragma once

#include "date_format.hpp"
#include "number_format.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace etl {

/// "true" and "false" for the given words, which are compared exactly.
struct boolean_format {
    std::vector<std::string> yes;
    std::vector<std::string> no;

    std::optional<std::string> convert(std::string_view text) const;
};

class value_cast {
public:
    using format = std::variant<number_format, date_format, boolean_format>;

    /// `expected` completes "is not ...": "a date like DD.MM.YYYY".
    value_cast(format f, std::string expected) : format_(std::move(f)), expected_(std::move(expected)) {}

    std::optional<std::string> convert(std::string_view text) const {
        return std::visit([&](const auto& f) { return f.convert(text); }, format_);
    }
    /// Why it was not converted.
    std::string complaint() const { return "not " + expected_; }

private:
    format format_;
    std::string expected_;
};

inline std::optional<std::string> boolean_format::convert(std::string_view text) const {
    for (const auto& word : yes) {
        if (word == text) {
            return "true";
        }
    }
    for (const auto& word : no) {
        if (word == text) {
            return "false";
        }
    }
    return std::nullopt;
}

} // namespace etl
