// SPDX-License-Identifier: BSL-1.0
// A PostgreSQL database that is migrated. Its rows are passed on as COPY gives them, and it computes its checksums itself.
#pragma once

#include "source.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/transaction.hpp>

#include <string>

namespace migrate {

/// The first connection exports a snapshot, and keeps it for the readers as long as the source lives.
class postgres_source final : public source {
public:
    postgres_source(pgcoro::connect_config config, source_options options)
        : config_(std::move(config)), options_(std::move(options)) {}

    std::string description() const override;
    pgcoro::task<> open() override;
    pgcoro::task<schema> read_schema() override;
    pgcoro::result<column_mapping> map_type(const table& t, const column& c,
                                            const std::optional<std::string>& type) const override;
    pgcoro::task<std::vector<std::unique_ptr<table_reader>>> open_readers(unsigned most) override;
    bool has_sums_on_the_way() const override { return false; }
    std::string snapshot_id() const override { return id_; }

private:
    pgcoro::task<> take_snapshot();
    pgcoro::task<> lock_tables();

    pgcoro::connect_config config_;
    source_options options_;
    pgcoro::connection db_;
    pgcoro::transaction snapshot_;
    std::string exported_; // the name of the snapshot
    std::string id_;
};

} // namespace migrate
