// SPDX-License-Identifier: BSL-1.0
// Which columns count, and which are linked by foreign keys: their types depend on each other.
#pragma once

#include "mariadb/default_type.hpp"
#include "schema.hpp"

#include <set>
#include <string>
#include <utility>

namespace migrate::mariadb {

class column_roles {
public:
    column_roles() = default;
    explicit column_roles(const schema& s);

    column_role of(const object_name& table, const std::string& column) const;

private:
    using place = std::pair<object_name, std::string>;

    std::set<place> counted_; // and those that lead to one
    std::set<place> linked_;
};

} // namespace migrate::mariadb
