// SPDX-License-Identifier: BSL-1.0
// A result's rows, or why they cannot be read.
#pragma once

#include "fake_result.hpp"

#include <pgcoro/row.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace pgcoro::test {

template <class Row>
std::vector<Row> rows_of(const detail::result_handle& result) {
    std::vector<Row> rows;
    const auto failure = detail::decode_rows(detail::result_view(result.get()), rows);
    EXPECT_FALSE(failure.code()) << failure.message();
    return rows;
}

template <class Row>
error failure_of(const detail::result_handle& result) {
    std::vector<Row> rows;
    return detail::decode_rows(detail::result_view(result.get()), rows);
}

inline std::string bits(double value) { return big_endian(std::bit_cast<std::int64_t>(value)); }

} // namespace pgcoro::test
