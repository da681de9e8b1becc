// SPDX-License-Identifier: BSL-1.0
// An SQLite database that is migrated.
#pragma once

#include "common/helper_thread.hpp"
#include "database.hpp"
#include "source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migrate::sqlite {

class sqlite_source final : public source {
public:
    sqlite_source(std::string file, source_options options) : file_(std::move(file)), options_(std::move(options)) {}

    std::string description() const override { return library_version(); }
    pgcoro::task<> open() override;
    pgcoro::task<schema> read_schema() override;
    pgcoro::result<column_mapping> map_type(const table& t, const column& c,
                                            const std::optional<std::string>& type) const override;
    pgcoro::task<std::vector<std::unique_ptr<table_reader>>> open_readers(unsigned most) override;
    std::string snapshot_id() const override { return id_; }

private:
    // On the helper thread.
    pgcoro::result<> open_here();
    pgcoro::result<schema> read_schema_here();
    pgcoro::result<std::vector<database>> open_connections(unsigned most);

    std::string file_;
    source_options options_;
    std::optional<database> db_; // in a transaction, once the schema is read
    std::string id_;
    common::helper_thread helper_; // ends before the database is closed
};

} // namespace migrate::sqlite
