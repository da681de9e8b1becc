// SPDX-License-Identifier: BSL-1.0
#include "client.hpp"

int main(int argc, char** argv) {
    using namespace bench::peers;
    const auto over = [](int connections, int tasks, bool pipelined) {
        return [=](const options& o, measurement& m) { tasks_over_client(o, m, connections, tasks, pipelined); };
    };
    const workload workloads[] = {
        {"W1", "execSqlCoro", over(1, 1, false)},
        {"W2", "execSqlCoro, a client of 10", over(10, 10, false)},
        {"W3", "execSqlCoro, autoBatch", over(4, 64, true)},
        {"W3one", "execSqlCoro, autoBatch", over(1, 64, true)},
        {"W4", "execSqlCoro and as<T>", thousand_rows},
        {"W5", "has whole results only", {}},
        {"W5full", "execSqlCoro and as<T>", whole_result},
        {"W6copy", "no COPY", {}},
        {"W6insert", "execSqlCoro, autoBatch, 1 000 at once", insert_rows},
        {"W7", "execSqlCoro, autoBatch", insert_batches},
        {"W8", "clients keep their connections", {}},
        {"W9", "execSqlCoro, a client of 10", over(10, 1000, false)},
    };
    return run_client(argc, argv, workloads);
}
