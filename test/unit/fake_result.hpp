// SPDX-License-Identifier: BSL-1.0
// Results without a server, made with libpq's own functions.
#pragma once

#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/oids.hpp>

#include <libpq-fe.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pgcoro::test {

/// The bytes of an integer as PostgreSQL sends it.
template <class T>
std::string big_endian(T value) {
    std::string bytes;
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(bits >> shift & 0xff));
    }
    return bytes;
}

struct fake_column {
    std::string name;
    oid_number type = oids::text;
    int format = 1;
    oid_number table = 0;
};

using fake_value = std::optional<std::string>;
using fake_row = std::vector<fake_value>;

inline detail::result_handle fake_result(std::vector<fake_column> columns, const std::vector<fake_row>& rows = {}) {
    detail::result_handle result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    std::vector<PGresAttDesc> descriptions;
    for (auto& column : columns) {
        descriptions.push_back({column.name.data(), column.table, 0, column.format, column.type, 0, 0});
    }
    PQsetResultAttrs(result.get(), static_cast<int>(descriptions.size()), descriptions.data());
    for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
        for (int column = 0; column < static_cast<int>(columns.size()); ++column) {
            auto value = rows[static_cast<std::size_t>(row)].at(static_cast<std::size_t>(column));
            PQsetvalue(result.get(), row, column, value ? value->data() : nullptr,
                       value ? static_cast<int>(value->size()) : -1);
        }
    }
    return result;
}

} // namespace pgcoro::test
