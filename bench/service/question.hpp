// SPDX-License-Identifier: BSL-1.0
// What a load generator asks a service, and what a right answer looks like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::service {

inline constexpr std::int32_t rows_of_world = 10'000; // with ids from 1

/// A row of the table `world`, or what it is said to be.
struct world_row {
    std::int32_t id = 0;
    std::int32_t number = 0;
    friend bool operator==(const world_row&, const world_row&) = default;
};

enum class endpoint { db, queries, updates };
inline constexpr endpoint all_endpoints[] = {endpoint::db, endpoint::queries, endpoint::updates};

/// "GET /db".
std::string title_of(endpoint e);

/// A request: which endpoint, and which rows may be in the answer.
struct question {
    endpoint asked = endpoint::db;
    std::size_t count = 1;
    std::int32_t first = 1;
    std::int32_t last = rows_of_world;

    /// "/queries?count=20&first=1&last=100&via=pool". The range is left out if it is that of all rows.
    std::string target(std::string_view via) const;
};

/// `asked` of any row: one, or twenty.
question of_any_row(endpoint asked, std::size_t count);

/// The rows of an answer; nothing if it is not an answer to this question: other JSON, another number of rows, a row that was
/// not asked for.
std::optional<std::vector<world_row>> read_answer(const question& asked, std::string_view body);

} // namespace bench::service
