// SPDX-License-Identifier: BSL-1.0
// Changes that wait to be sent together: those of one kind, of one table, by one statement.
#pragma once

#include "array_statements.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace data_sync {

/// Each row is pending at most once, so the order of the groups does not matter: they concern different rows. Where a unique
/// index or a foreign key connects rows, a statement may fail that would not have failed alone; nothing is then committed, and
/// the changes are applied again one by one.
///
/// Changes of a row that is pending already are combined with what is pending, as far as the result is the same.
class pending_changes {
    struct place {
        std::size_t group;
        std::size_t row;
    };
    using entry = std::pair<const std::string, place>;

public:
    struct row {
        entry* known;
        std::string cells; ///< as `append_cell` writes them, one for each of the group's columns
    };
    struct group {
        const array_statement* how;
        std::vector<row> rows;
    };

    /// `key` is that of the row, with something of its table. False: send what is pending, and try again.
    bool add(const array_statement& how, std::string key, std::string cells);

    bool empty() const noexcept { return known_.empty(); }
    /// Enough for one statement.
    bool is_full() const noexcept { return known_.size() >= most_rows || bytes_ >= most_bytes; }
    /// In the order in which they began. `add` begins anew.
    std::vector<group> take();
    void clear() { take(); }

private:
    static constexpr std::size_t most_rows = 2000;
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;

    void append(const array_statement& how, entry& known, std::string cells);
    void remove(place which);

    std::vector<group> groups_;
    std::unordered_map<std::string, place> known_;
    std::size_t bytes_ = 0;
};

} // namespace data_sync
