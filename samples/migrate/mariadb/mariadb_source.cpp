// SPDX-License-Identifier: BSL-1.0
#include "mariadb/mariadb_source.hpp"

#include "failure.hpp"
#include "mariadb/catalog.hpp"
#include "mariadb/mariadb_reader.hpp"
#include "mariadb/snapshot.hpp"
#include "mariadb/type_mapping.hpp"

namespace migrate::mariadb {

namespace {

/// Nothing without a binary log, or before its first transaction.
constexpr const char* position_of_log = "select case when @@global.log_bin and @@global.gtid_binlog_pos <> '' "
                                        "then concat(@@hostname, ' ', @@global.datadir, ' ', @@global.gtid_binlog_pos) end";

} // namespace

using readers = std::vector<std::unique_ptr<table_reader>>;

std::string mariadb_source::description() const { return description_; }

pgcoro::task<> mariadb_source::open() {
    const common::helper_thread::call<void> work = [this] { return open_here(); };
    co_return co_await helper_.run(work);
}

pgcoro::task<schema> mariadb_source::read_schema() {
    const common::helper_thread::call<schema> work = [this] { return read_schema_here(); };
    co_return co_await helper_.run(work);
}

pgcoro::result<column_mapping> mariadb_source::map_type(const table& t, const column& c,
                                                        const std::optional<std::string>& type) const {
    return map_column(t, c, roles_.of(t.name, c.name), type, settings_);
}

pgcoro::task<readers> mariadb_source::open_readers(unsigned most) {
    const common::helper_thread::call<readers> work = [this, most] { return open_readers_here(most); };
    co_return co_await helper_.run(work);
}

pgcoro::task<> mariadb_source::update_next_values(schema& s) {
    const common::helper_thread::call<void> work = [this, &s] { return mariadb::update_next_values(*session_, settings_, s); };
    co_return co_await helper_.run(work);
}

pgcoro::result<> mariadb_source::open_here() {
    BOOST_OUTCOME_TRY(auto opened, session::connect(settings_));
    session_.emplace(std::move(opened));
    const std::string version = session_->server_version();
    description_ = (session_->is_mariadb() ? "MariaDB " : "MySQL ") + version.substr(0, version.find('-'));
    // Before the snapshot: what is written in between makes a later run refuse to continue, and not the other way around.
    BOOST_OUTCOME_TRY(id_, read_state());
    return pgcoro::success();
}

pgcoro::result<std::string> mariadb_source::read_state() {
    if (session_->is_mariadb()) {
        BOOST_OUTCOME_TRY(const auto log, session_->query(position_of_log));
        if (const auto& position = log.at(0).at(0); position && !position->empty()) {
            return "mariadb " + *position;
        }
    }
    BOOST_OUTCOME_TRY(const auto random, session_->query("select uuid()"));
    return "mariadb " + random.at(0).at(0).value_or("");
}

pgcoro::result<schema> mariadb_source::read_schema_here() {
    BOOST_OUTCOME_TRY(auto read, read_catalog(*session_, settings_, options_.tables));
    roles_ = std::move(read.roles);
    return std::move(read.schema);
}

pgcoro::result<readers> mariadb_source::open_readers_here(unsigned most) {
    BOOST_OUTCOME_TRY(auto taken, take_snapshot(*session_, settings_, most));
    if (!taken.why_one.empty()) {
        description_ += ", by one connection: " + taken.why_one;
    }
    readers made;
    for (session& s : taken.sessions) {
        made.push_back(std::make_unique<mariadb_reader>(std::move(s), settings_, options_.on_bad_values));
    }
    return made;
}

} // namespace migrate::mariadb
