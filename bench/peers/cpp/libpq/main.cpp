// SPDX-License-Identifier: BSL-1.0
#include "client.hpp"

#include <span>
#include <string_view>

namespace bench::peers {
namespace {

auto epoll(int connections, int tasks) {
    return [=](const options& o, measurement& m) { epoll_loop(o, m, connections, tasks); };
}
auto pipeline(int connections, int in_flight) {
    return [=](const options& o, measurement& m) { pipelined_loop(o, m, connections, in_flight); };
}

const char one_at_a_time[] = "synchronous: one query at a time";
const char not_sequential[] = "this way is for several statements";

const workload sync_workloads[] = {
    {"W1", "PQexecPrepared", one_query_at_a_time},
    {"W2", one_at_a_time, {}},
    {"W3", one_at_a_time, {}},
    {"W3one", one_at_a_time, {}},
    {"W4", "PQexecPrepared and a loop", thousand_rows},
    {"W5", "chunks of 256 rows", stream_rows},
    {"W5full", "PQexecPrepared and a loop", whole_result},
    {"W6copy", "PQputCopyData, binary", copy_rows},
    {"W6insert", one_at_a_time, {}},
    {"W7", one_at_a_time, {}},
    {"W8", "PQconnectdb", connect_and_close},
    {"W9", one_at_a_time, {}},
};

const workload epoll_workloads[] = {
    {"W1", "PQsendQueryPrepared and epoll", epoll(1, 1)},
    {"W2", "PQsendQueryPrepared and epoll", epoll(10, 10)},
    {"W3", "without pipelining", {}},
    {"W3one", "without pipelining", {}},
    {"W4", not_sequential, {}},
    {"W5", not_sequential, {}},
    {"W5full", not_sequential, {}},
    {"W6copy", not_sequential, {}},
    {"W6insert", "without pipelining", {}},
    {"W7", "without pipelining", {}},
    {"W8", not_sequential, {}},
    {"W9", "PQsendQueryPrepared and epoll, a queue", epoll(10, 1000)},
};

const workload pipelined_workloads[] = {
    {"W1", "pipeline mode, one in flight", pipeline(1, 1)},
    {"W2", "pipeline mode, one in flight each", pipeline(10, 10)},
    {"W3", "pipeline mode, 16 in flight each", pipeline(4, 64)},
    {"W3one", "pipeline mode, 64 in flight", pipeline(1, 64)},
    {"W4", not_sequential, {}},
    {"W5", not_sequential, {}},
    {"W5full", not_sequential, {}},
    {"W6copy", "pipeline mode has no COPY", {}},
    {"W6insert", "pipeline mode, a Sync each 1 000", insert_rows},
    {"W7", "pipeline mode, a Sync each batch", insert_batches},
    {"W8", not_sequential, {}},
    {"W9", "not as a pool: queries share connections", {}},
};

std::span<const workload> workloads_of(std::string_view way) {
    if (way == "epoll") {
        return epoll_workloads;
    }
    if (way == "pipelined") {
        return pipelined_workloads;
    }
    return sync_workloads;
}

} // namespace
} // namespace bench::peers

// usage: peer_libpq sync|epoll|pipelined WORKLOAD OPTIONS
int main(int argc, char** argv) {
    using namespace bench::peers;
    return argc < 2 ? 2 : run_client(argc - 1, argv + 1, workloads_of(argv[1]));
}
