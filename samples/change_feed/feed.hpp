// SPDX-License-Identifier: BSL-1.0
// From a replication stream into a file.
#pragma once

#include "feed_file.hpp"
#include "json_lines.hpp"

#include <pgcoro/replication.hpp>
#include <pgcoro/result.hpp>

#include <chrono>
#include <string>

namespace change_feed {

class feed {
public:
    feed(pgcoro::replication_stream stream, feed_file& file) : stream_(std::move(stream)), file_(file) {}

    /// Until the stream fails, or `stop` is called.
    pgcoro::task<> run();
    /// Ends `run` without an error. What is written is stored.
    void stop();

private:
    pgcoro::result<> take(const pgcoro::replication::event& event);
    pgcoro::result<> store();
    void report();

    pgcoro::replication_stream stream_;
    feed_file& file_;
    json_lines lines_;
    std::string transaction_; // the lines of the one that is being received
    pgcoro::lsn written_;     // the end of the last one in the file
    pgcoro::lsn stored_;
    std::uint64_t transactions_ = 0;
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
    bool is_stopping_ = false;
};

} // namespace change_feed
