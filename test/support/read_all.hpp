// SPDX-License-Identifier: BSL-1.0
// All that a stream or a COPY gives, for those who look at it as a whole.
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/row_stream.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace pgcoro::test {

template <class Row>
task<std::vector<Row>> read_all(row_stream<Row>& rows) {
    std::vector<Row> all;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            co_return all;
        }
        std::ranges::move(chunk, std::back_inserter(all));
    }
}

inline task<std::string> read_all(copy_reader& reader) {
    std::string all;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
        if (bytes.empty()) {
            co_return all;
        }
        all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
}

} // namespace pgcoro::test
