// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../client.hpp"

namespace bench::peers {

void account_queries(const options& o, measurement& m, int connections, int in_flight, int tasks);
void thousand_rows(const options& o, measurement& m);
void stream_rows(const options& o, measurement& m);
void whole_result(const options& o, measurement& m);
void copy_rows(const options& o, measurement& m);
void insert_rows(const options& o, measurement& m);
void insert_batches(const options& o, measurement& m);
void connect_and_close(const options& o, measurement& m);

} // namespace bench::peers
