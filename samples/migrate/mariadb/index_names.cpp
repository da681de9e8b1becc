// SPDX-License-Identifier: BSL-1.0
#include "mariadb/index_names.hpp"

#include <pgcoro/detail/utf8.hpp>

namespace migrate::mariadb {
namespace {

constexpr std::size_t longest_name = 63;

std::string shortened(const std::string& name, std::size_t limit) {
    const std::string cut = name.substr(0, limit);
    return cut.substr(0, pgcoro::detail::valid_utf8_prefix(cut)); // no half of a character
}

} // namespace

std::string new_index_name(const std::string& table, const std::string& index, std::set<std::string>& taken) {
    for (unsigned number = 0;; ++number) {
        const std::string ending = number == 0 ? "_idx" : "_idx" + std::to_string(number);
        std::string name = shortened(table + "_" + index, longest_name - ending.size()) + ending;
        if (taken.insert(name).second) {
            return name;
        }
    }
}

} // namespace migrate::mariadb
