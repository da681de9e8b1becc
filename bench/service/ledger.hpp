// SPDX-License-Identifier: BSL-1.0
// What the services have answered, for the comparison with what the table says.
#pragma once

#include "question.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench::service {

/// The numbers of the table `world`, by id.
class world_table {
public:
    world_table() : numbers_(rows_of_world + 1) {}

    std::int32_t& operator[](std::int32_t id) { return numbers_[static_cast<std::size_t>(id)]; }
    std::int32_t operator[](std::int32_t id) const { return numbers_[static_cast<std::size_t>(id)]; }

private:
    std::vector<std::int32_t> numbers_;
};

/// Rows as `run_sql` gives them: "1|500" on each line. Throws if that is something else.
std::vector<world_row> read_rows(std::string_view printed);
/// The same for a whole table. Throws unless each row is there once.
world_table read_table(std::string_view printed);

/// Keeps what was answered as read and as written.
///
/// Of updates, an answer counts once for each row: a request that chose a row twice has written it once.
class ledger {
public:
    /// Gives whether the answer fits the question.
    bool add(const question& asked, std::string_view body);

    /// The answers that cannot be true if all writes were acknowledged: a row that was read as something that it never was, a
    /// row that was written by nobody and has changed, a row that has none of the numbers that were written to it.
    std::size_t false_without_failures(const world_table& before, const world_table& after) const;

    /// The same where requests have failed, of which nobody knows what they did. `written` has every write that the database
    /// has kept: an acknowledged one that is not among them is lost, and so is a second one of which there is only one.
    std::size_t false_by_history(const world_table& before, std::span<const world_row> written) const;

private:
    std::vector<world_row> read_;
    std::vector<world_row> acknowledged_;
};

} // namespace bench::service
