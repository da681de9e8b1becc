// SPDX-License-Identifier: BSL-1.0
#include "copied_rows.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace data_sync {
namespace {

// The signature; no flags; no more of a header.
using namespace std::string_view_literals;
constexpr auto header = "PGCOPY\n\377\r\n\0"
                        "\0\0\0\0"
                        "\0\0\0\0"sv;
constexpr auto end = "\xff\xff"sv;

} // namespace

std::string copied_rows(const pending_changes::group& inserts) {
    const auto columns = inserts.how->columns.size(); // a table has at most 1600
    const std::array count{static_cast<char>(columns >> 8), static_cast<char>(columns & 0xff)};
    std::size_t size = header.size() + end.size();
    for (const auto& row : inserts.rows) {
        size += count.size() + row.cells.size();
    }
    std::string bytes;
    bytes.reserve(size);
    bytes.append(header);
    for (const auto& row : inserts.rows) {
        bytes.append(count.data(), count.size()).append(row.cells);
    }
    return bytes.append(end);
}

} // namespace data_sync
