// SPDX-License-Identifier: BSL-1.0
#include "mariadb/mariadb_reader.hpp"

namespace migrate::mariadb {

pgcoro::task<> mariadb_reader::start(const table_plan& plan) {
    const common::helper_thread::call<void> work = [this, &plan] { return start_here(plan); };
    co_return co_await helper_.run(work);
}

pgcoro::task<row_batch> mariadb_reader::read() {
    const common::helper_thread::call<row_batch> work = [this] { return read_here(); };
    co_return co_await helper_.run(work);
}

std::optional<table_sums> mariadb_reader::sums() const { return table_ ? table_->sums() : std::nullopt; }

std::vector<replaced_values> mariadb_reader::replaced() const {
    return table_ ? table_->replaced() : std::vector<replaced_values>();
}

pgcoro::result<> mariadb_reader::start_here(const table_plan& plan) {
    table_.emplace(session_, plan, settings_, on_bad_values_);
    return table_->start();
}

pgcoro::result<row_batch> mariadb_reader::read_here() {
    row_batch batch;
    BOOST_OUTCOME_TRY(table_->read(bytes_, batch.rows));
    batch.bytes = bytes_;
    return batch;
}

} // namespace migrate::mariadb
