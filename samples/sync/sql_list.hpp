// SPDX-License-Identifier: BSL-1.0
// Lists in SQL, which grow item by item.
#pragma once

#include <string>

namespace data_sync {

/// Appends an item, after a separator if it is not the first.
inline void add(std::string& list, const std::string& separator, const std::string& item) {
    list.append(list.empty() ? "" : separator).append(item);
}

} // namespace data_sync
