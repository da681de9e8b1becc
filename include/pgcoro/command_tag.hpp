// SPDX-License-Identifier: BSL-1.0
// The server's report of what a statement did: "INSERT 0 5", "CREATE TABLE".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgcoro {

/// A command tag. A value; copying it allocates nothing.
class command_tag {
public:
    command_tag() noexcept = default;
    /// Keeps the first 63 characters; PostgreSQL's tags are shorter.
    explicit command_tag(std::string_view text) noexcept;

    /// The tag as the server sent it.
    std::string_view text() const noexcept { return {text_, size_}; }
    /// The number of rows inserted, updated, deleted, merged, selected, fetched, moved or copied; 0 for other commands.
    std::uint64_t rows_affected() const noexcept { return rows_; }

    friend bool operator==(const command_tag& a, std::string_view b) noexcept { return a.text() == b; }

private:
    std::uint64_t rows_ = 0;
    std::uint8_t size_ = 0;
    char text_[63] = {};
};

} // namespace pgcoro
