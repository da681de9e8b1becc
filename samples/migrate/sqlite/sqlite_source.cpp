// SPDX-License-Identifier: BSL-1.0
#include "sqlite_source.hpp"

#include "catalogue.hpp"
#include "failure.hpp"
#include "sqlite_reader.hpp"
#include "sqlite_types.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

namespace migrate::sqlite {
namespace {

namespace fs = std::filesystem;
using pgcoro::task;

/// The size of a file and when it was written; empty if it has no bytes.
std::string state_of(const fs::path& file) {
    std::error_code failure;
    const auto size = fs::file_size(file, failure);
    if (failure || size == 0) {
        return {};
    }
    const auto written = fs::last_write_time(file, failure).time_since_epoch();
    return std::to_string(size) + " " + std::to_string(std::chrono::nanoseconds(written).count());
}

/// Every commit changes one of the two files.
std::string id_of(const std::string& file) {
    return "sqlite " + fs::absolute(file).string() + " " + state_of(file) + " " + state_of(file + "-wal");
}

pgcoro::result<> begin(database& db) {
    BOOST_OUTCOME_TRY(db.execute("begin"));
    BOOST_OUTCOME_TRY(db.fetch_integer("select count(*) from sqlite_schema")); // the snapshot is taken with the first read
    return pgcoro::success();
}

} // namespace

task<> sqlite_source::open() {
    const common::helper_thread::call<void> call = [this] { return open_here(); };
    co_return co_await helper_.run(call);
}

task<schema> sqlite_source::read_schema() {
    const common::helper_thread::call<schema> call = [this] { return read_schema_here(); };
    co_return co_await helper_.run(call);
}

pgcoro::result<column_mapping> sqlite_source::map_type(const table&, const column& c,
                                                       const std::optional<std::string>& type) const {
    return sqlite::map_type(c.type.text, type);
}

task<std::vector<std::unique_ptr<table_reader>>> sqlite_source::open_readers(unsigned most) {
    const common::helper_thread::call<std::vector<database>> call = [this, most] { return open_connections(most); };
    BOOST_OUTCOME_CO_TRY(auto connections, co_await helper_.run(call));
    std::vector<std::unique_ptr<table_reader>> readers;
    for (database& db : connections) {
        readers.push_back(std::make_unique<sqlite_reader>(std::move(db), options_.on_bad_values));
    }
    co_return readers;
}

pgcoro::result<> sqlite_source::open_here() {
    std::error_code failed;
    if (!fs::exists(file_, failed)) {
        return fail(failure::wrong_usage, file_.empty() ? "sqlite: needs the name of a file" : "there is no file " + file_);
    }
    BOOST_OUTCOME_TRY(db_, database::open(file_));
    return pgcoro::success();
}

pgcoro::result<schema> sqlite_source::read_schema_here() {
    // Before the snapshot: a commit in between then looks like one after it, and not the other way around.
    id_ = id_of(file_);
    BOOST_OUTCOME_TRY(begin(*db_));
    return read_catalogue(*db_, options_.tables);
}

/// SQLite lends its snapshots to no other connection. But if nothing was committed between the first transaction and the last
/// one, all of them see the same.
pgcoro::result<std::vector<database>> sqlite_source::open_connections(unsigned most) {
    std::vector<database> all;
    BOOST_OUTCOME_TRY(auto watch, database::open(file_));
    BOOST_OUTCOME_TRY(const std::int64_t before, watch.fetch_integer("pragma data_version"));
    const std::string id = id_of(file_);
    for (unsigned i = 1; i < most && id == id_; ++i) {
        BOOST_OUTCOME_TRY(auto db, database::open(file_));
        BOOST_OUTCOME_TRY(begin(db));
        all.push_back(std::move(db));
    }
    BOOST_OUTCOME_TRY(const std::int64_t after, watch.fetch_integer("pragma data_version"));
    if (before != after) {
        all.clear();
    }
    all.push_back(std::move(*db_));
    return all;
}

} // namespace migrate::sqlite
