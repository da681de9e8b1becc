// SPDX-License-Identifier: BSL-1.0
// What SQLite's pragmas do not tell, and only the text of CREATE TABLE and CREATE INDEX has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::sqlite {

struct named_check {
    std::string name; // may be empty
    std::string condition;
};

struct created_table {
    std::vector<named_check> checks;
    std::map<std::string, std::string> generated; // expressions by the columns' names
};

/// Empty if the text is not understood.
created_table read_create_table(std::string_view sql);

struct created_index {
    std::vector<std::string> parts; // without collation and direction
    std::string predicate;          // empty: none
};

created_index read_create_index(std::string_view sql);

} // namespace migrate::sqlite
