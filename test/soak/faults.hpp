// SPDX-License-Identifier: BSL-1.0
// What happens to servers: sessions are ended, all processes stop for a while, nothing can be written for a while, everything
// is restarted or killed, and the schema changes.
#pragma once

#include "support/bouncer.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <array>
#include <chrono>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

namespace pgcoro::test {

struct fault_counts {
    int ended_sessions = 0;
    int pauses = 0;
    int read_only = 0;
    int restarts = 0;
    int crashes = 0;
    int schema_changes = 0;
    int pooler_restarts = 0;
};

/// A table whose only column, `k`, is sometimes of another type.
inline void change_schema(testing::ephemeral_server& server, int change) {
    constexpr std::array types{"int using k::int", "jsonb using to_jsonb(k)", "text using k #>> '{}'"};
    const auto* const type = types[static_cast<std::size_t>(change) % types.size()];
    server.run_sql(std::string("alter table changing alter k type ") + type).value();
}

/// On a thread of its own, for all of it blocks. The server runs when it is over, and so does the pooler, if there is one.
inline fault_counts make_faults(testing::ephemeral_server& server, bouncer* pooler, std::uint64_t seed, std::stop_token stop) {
    std::mt19937_64 random(seed);
    const auto rest = [&](unsigned most) { std::this_thread::sleep_for(std::chrono::milliseconds(random() % most)); };
    fault_counts counts;
    while (!stop.stop_requested()) {
        rest(500);
        change_schema(server, counts.schema_changes++);
        const auto what = random() % 22;
        if (pooler && what < 4) {
            ++counts.pooler_restarts;
            pooler->restart();
        } else if (what < 14) {
            ++counts.ended_sessions;
            server
                .run_sql("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and "
                         "pid <> pg_backend_pid() order by random() limit 2")
                .value();
        } else if (what < 17) {
            ++counts.pauses;
            server.pause().value();
            rest(300);
            server.resume().value();
        } else if (what < 19) {
            ++counts.read_only;
            server.run_sql("alter system set default_transaction_read_only = on; select pg_reload_conf()").value();
            rest(300);
            server.run_sql("alter system reset default_transaction_read_only; select pg_reload_conf()").value();
            while (server.run_sql("show default_transaction_read_only").value() != "off\n") {
            }
        } else if (what < 21) {
            ++counts.restarts;
            server.restart().value();
        } else {
            ++counts.crashes;
            server.kill().value();
            rest(100);
            server.start().value();
        }
    }
    return counts;
}

} // namespace pgcoro::test
