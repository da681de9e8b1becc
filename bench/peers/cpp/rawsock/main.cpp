// SPDX-License-Identifier: BSL-1.0
// The limit of any client: messages made by hand, no library, nothing checked that need not be.
#include "../client.hpp"
#include "workloads.hpp"

int main(int argc, char** argv) {
    using namespace bench::peers;
    const auto over = [](int connections, int in_flight, int tasks) {
        return [=](const options& o, measurement& m) { account_queries(o, m, connections, in_flight, tasks); };
    };
    const workload workloads[] = {
        {"W1", "epoll", over(1, 1, 1)},
        {"W2", "epoll", over(10, 1, 10)},
        {"W3", "epoll, 16 in flight each", over(4, 16, 64)},
        {"W3one", "epoll, 64 in flight", over(1, 64, 64)},
        {"W4", "recv and a loop", thousand_rows},
        {"W5", "recv and a loop", stream_rows},
        {"W5full", "recv and a loop", whole_result},
        {"W6copy", "binary COPY", copy_rows},
        {"W6insert", "a Sync each 1 000", insert_rows},
        {"W7", "a Sync each batch", insert_batches},
        {"W8", "three messages", connect_and_close},
        {"W9", "epoll, a queue", over(10, 1, 1000)},
    };
    return run_client(argc, argv, workloads);
}
