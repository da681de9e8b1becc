// SPDX-License-Identifier: BSL-1.0
// A stream read the fastest way.
#pragma once

#include "../workload.hpp"

#include <pgcoro/row_stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace bench {

inline boost::asio::awaitable<void> read_chunks_of(pgcoro::row_stream<item>& stream, std::size_t rows) {
    stream_check seen;
    for (;;) {
        auto got = co_await stream.next_chunk();
        const auto chunk = got.value();
        if (chunk.empty()) {
            break;
        }
        for (const item& i : chunk) {
            seen.add(i);
        }
    }
    seen.expect(rows);
}

} // namespace bench
