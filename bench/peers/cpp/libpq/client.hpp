// SPDX-License-Identifier: BSL-1.0
// libpq by hand, as tight as one would write it for a single purpose.
#pragma once

#include "../../../libpq.hpp"
#include "../client.hpp"
#include "../rows.hpp"

#include <cstdint>
#include <string>

namespace bench::peers {

/// The binary parameter of `balance_sql`.
struct account_parameter {
    std::uint32_t account;
    const char* values[1] = {reinterpret_cast<const char*>(&account)};
    int lengths[1] = {sizeof account};
    int formats[1] = {1};

    explicit account_parameter(std::int32_t number) : account(swapped(static_cast<std::uint32_t>(number))) {}
    account_parameter(const account_parameter&) = delete;
    account_parameter& operator=(const account_parameter&) = delete;
};

/// The binary parameters of `insert_sql`.
struct item_parameters {
    std::uint64_t id, price, created_at;
    std::uint32_t quantity;
    std::string name;
    const char* values[5];
    int lengths[5];
    int formats[5] = {1, 1, 1, 1, 1};

    explicit item_parameters(item&& i);
    item_parameters(const item_parameters&) = delete;
    item_parameters& operator=(const item_parameters&) = delete;
};

/// Reads a binary result; trusts its types and lengths.
item read_item(const PGresult* r, int row);

void one_query_at_a_time(const options& o, measurement& m);
void thousand_rows(const options& o, measurement& m);
void connect_and_close(const options& o, measurement& m);
void stream_rows(const options& o, measurement& m);
void whole_result(const options& o, measurement& m);
void copy_rows(const options& o, measurement& m);

/// An epoll loop without pipelining: each task waits for a connection that is free.
void epoll_loop(const options& o, measurement& m, int connections, int tasks);

/// An epoll loop in pipeline mode, a Sync for each query.
void pipelined_loop(const options& o, measurement& m, int connections, int in_flight);
void insert_rows(const options& o, measurement& m);
void insert_batches(const options& o, measurement& m);

} // namespace bench::peers
