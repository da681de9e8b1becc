// SPDX-License-Identifier: BSL-1.0
// The client of drogon's ORM: coroutines on its event loop, results in text. As each process here has one core, drogon starts
// one loop.
#pragma once

#include "../client.hpp"

namespace bench::peers {

/// `pipelined`: drogon's autoBatch.
void tasks_over_client(const options& o, measurement& m, int connections, int tasks, bool pipelined);
void thousand_rows(const options& o, measurement& m);
void whole_result(const options& o, measurement& m);
void insert_rows(const options& o, measurement& m);
void insert_batches(const options& o, measurement& m);

} // namespace bench::peers
