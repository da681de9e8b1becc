// SPDX-License-Identifier: BSL-1.0
#include "client.hpp"

int main(int argc, char** argv) {
    using namespace bench::peers;
    const auto over = [](int connections, int tasks) {
        return [=](const options& o, measurement& m) { tasks_over_connections(o, m, connections, tasks); };
    };
    const workload workloads[] = {
        {"W1", "fetch_one in one coroutine", over(1, 1)},
        {"W2", "fetch_one, a coroutine per connection", over(10, 10)},
        {"W3", "fetch_one, 16 coroutines per connection", over(4, 64)},
        {"W3one", "fetch_one, 64 coroutines", over(1, 64)},
        {"W4", "fetch<item>", thousand_rows},
        {"W5", "stream<item>: a binary COPY", stream_rows},
        {"W5full", "fetch<item>", whole_result},
        {"W6copy", "copy_in of a range", copy_rows},
        {"W6insert", "execute_many, 1 000 rows each", insert_rows},
        {"W7", "execute_many", insert_batches},
        {"W8", "connect with a connect_config", connect_and_close},
        {"W9", "fetch_one on a pool", tasks_over_a_pool},
    };
    return run_client(argc, argv, workloads);
}
