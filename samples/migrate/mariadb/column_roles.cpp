// SPDX-License-Identifier: BSL-1.0
#include "mariadb/column_roles.hpp"

#include <algorithm>
#include <vector>

namespace migrate::mariadb {

column_roles::column_roles(const schema& s) {
    std::vector<std::pair<place, place>> links;
    for (const table& t : s.tables) {
        for (const column& c : t.columns) {
            if (c.counted) {
                counted_.insert({t.name, c.name});
            }
        }
        for (const foreign_key& f : t.foreign_keys) {
            for (std::size_t i = 0; i < std::min(f.columns.size(), f.referenced_columns.size()); ++i) {
                links.push_back({{t.name, f.columns[i]}, {f.referenced, f.referenced_columns[i]}});
                linked_.insert(links.back().first);
                linked_.insert(links.back().second);
            }
        }
    }
    // A foreign key can lead to a column with a foreign key.
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (const auto& [from, to] : links) {
            has_changed = (counted_.contains(to) && counted_.insert(from).second) || has_changed;
        }
    }
}

column_role column_roles::of(const object_name& table, const std::string& column) const {
    const place p{table, column};
    return {counted_.contains(p), linked_.contains(p)};
}

} // namespace migrate::mariadb
