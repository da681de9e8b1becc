// SPDX-License-Identifier: BSL-1.0
// The rows of the table of poolers: what each does, and how it says what it saw.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/pool_options.hpp>
#include <pgcoro/result.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::test {

/// Where the clients of a row connect to, and how.
struct poolers_client {
    std::string through; // the pooler
    std::string direct;  // the server, as its superuser
    std::string restart; // a command that starts the pooler anew; empty: there is none
    bool behind_pooler = false;

    connect_config config() const;
    pool_options options(std::size_t max_size) const;
};

struct verdict {
    enum kind {
        right,
        limited, // the pooler's own limit, which a client cannot see
        refused, // an error says that it did not work
        wrong,   // a wrong answer, or a report that is not true
    };

    verdict() = default;
    verdict(kind k, std::string words = {}) : what(k), text(std::move(words)) {}

    kind what = right;
    std::string text;
};

using row_function = task<verdict> (*)(const poolers_client&);

// statements.cpp
task<verdict> pipelined(const poolers_client& where);
task<verdict> prepared_by_many(const poolers_client& where);
task<verdict> evictions(const poolers_client& where);
task<verdict> large_value(const poolers_client& where);
task<verdict> most_parameters(const poolers_client& where);
task<verdict> shared_lanes(const poolers_client& where);

// transactions.cpp
task<verdict> third_of_ten_fails(const poolers_client& where);
task<verdict> lone_inserts(const poolers_client& where);
task<verdict> batches(const poolers_client& where);
task<verdict> transactions(const poolers_client& where);

// sessions.cpp
task<verdict> cancelled(const poolers_client& where);
task<verdict> settings(const poolers_client& where);
task<verdict> discarded(const poolers_client& where);

// faults.cpp
task<verdict> server_session_killed(const poolers_client& where);
task<verdict> pooler_restarted(const poolers_client& where);

} // namespace pgcoro::test
