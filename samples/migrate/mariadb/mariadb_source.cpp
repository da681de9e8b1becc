// SPDX-License-Identifier: BSL-1.0
#include "mariadb/mariadb_source.hpp"

#include "failure.hpp"
#include "mariadb/catalog.hpp"
#include "mariadb/mariadb_reader.hpp"
#include "mariadb/snapshot.hpp"
#include "mariadb/type_mapping.hpp"

namespace migrate::mariadb {

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

pgcoro::result<> mariadb_source::open_here() {
    BOOST_OUTCOME_TRY(auto opened, session::connect(settings_));
    session_.emplace(std::move(opened));
    const std::string version = session_->server_version();
    description_ = (session_->is_mariadb() ? "MariaDB " : "MySQL ") + version.substr(0, version.find('-'));
    BOOST_OUTCOME_TRY(const auto rows, session_->query("select uuid()"));
    id_ = "mariadb " + (rows.empty() ? "" : rows.front().front().value_or(""));
    return pgcoro::success();
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
