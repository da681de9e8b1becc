// SPDX-License-Identifier: BSL-1.0
// Reads tables of SQLite on a thread of its own, one batch ahead of the consumer.
#pragma once

#include "row_producer.hpp"
#include "source.hpp"

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace migrate::sqlite {

class sqlite_reader final : public table_reader {
public:
    /// `db` is in a transaction that sees the snapshot.
    sqlite_reader(database db, bad_values on_bad_values)
        : db_(std::make_unique<database>(std::move(db))), on_bad_values_(on_bad_values) {}
    ~sqlite_reader() override;

    pgcoro::task<> start(const table_plan& plan) override;
    pgcoro::task<row_batch> read() override;
    std::optional<table_sums> sums() const override { return last_.sums; }
    std::vector<replaced_values> replaced() const override { return last_.replaced; }

private:
    using channel =
        boost::asio::experimental::concurrent_channel<void(boost::system::error_code, pgcoro::result<produced_rows>)>;

    static boost::asio::awaitable<void> produce(database& db, const table_plan& plan, bad_values on_bad_values,
                                                std::shared_ptr<channel> to);
    void stop();

    std::unique_ptr<database> db_;
    bad_values on_bad_values_;
    std::shared_ptr<channel> from_; // closed when no more rows are wanted
    produced_rows last_;
    boost::asio::thread_pool thread_{1};
};

} // namespace migrate::sqlite
