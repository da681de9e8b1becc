// SPDX-License-Identifier: BSL-1.0
// A database of MariaDB or MySQL that is migrated.
#pragma once

#include "common/helper_thread.hpp"
#include "mariadb/column_roles.hpp"
#include "mariadb/session.hpp"
#include "mariadb/settings.hpp"
#include "source.hpp"

#include <optional>
#include <string>

namespace migrate::mariadb {

/// The snapshot is taken by `open_readers`, which knows how many connections must see it. The catalog is read before: no table
/// may be altered meanwhile (the server then refuses to read it). Next values are read again after the snapshot.
class mariadb_source final : public source {
public:
    mariadb_source(settings s, source_options options) : settings_(std::move(s)), options_(std::move(options)) {}

    /// After `open_readers`, also why there is only one of them.
    std::string description() const override;
    pgcoro::task<> open() override;
    pgcoro::task<schema> read_schema() override;
    pgcoro::result<column_mapping> map_type(const table& t, const column& c,
                                            const std::optional<std::string>& type) const override;
    pgcoro::task<std::vector<std::unique_ptr<table_reader>>> open_readers(unsigned most) override;
    pgcoro::task<> update_next_values(schema& s) override;
    /// No snapshot outlives its connections. With a binary log, its position tells whether anything was written since; without,
    /// every run has another snapshot.
    std::string snapshot_id() const override { return id_; }

private:
    pgcoro::result<> open_here();
    pgcoro::result<std::string> read_state();
    pgcoro::result<schema> read_schema_here();
    pgcoro::result<std::vector<std::unique_ptr<table_reader>>> open_readers_here(unsigned most);

    settings settings_;
    source_options options_;
    std::optional<session> session_;
    std::string description_;
    std::string id_;
    column_roles roles_;
    common::helper_thread helper_; // the last one: it is joined first
};

} // namespace migrate::mariadb
