// SPDX-License-Identifier: BSL-1.0
#include "database.hpp"

#include "failure.hpp"

#include <sqlite3.h>

namespace migrate::sqlite {
namespace {

constexpr int busy_milliseconds = 5000;

pgcoro::error error_of(sqlite3* db) { return fail(failure::bad_source, std::string("SQLite: ") + sqlite3_errmsg(db)); }

} // namespace

void statement::closed::operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
void database::closed::operator()(sqlite3* db) const noexcept { sqlite3_close(db); }

pgcoro::result<bool> statement::step() {
    const int stepped = sqlite3_step(handle_.get());
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) {
        return error_of(sqlite3_db_handle(handle_.get()));
    }
    return stepped == SQLITE_ROW;
}

int statement::columns() const { return sqlite3_column_count(handle_.get()); }

loose_value statement::value(int column) const {
    sqlite3_stmt* s = handle_.get();
    loose_value v;
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        v.is = loose_value::storage::integer;
        v.integer = sqlite3_column_int64(s, column);
        break;
    case SQLITE_FLOAT:
        v.is = loose_value::storage::real;
        v.real = sqlite3_column_double(s, column);
        break;
    case SQLITE_TEXT: {
        v.is = loose_value::storage::text;
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
        v.bytes = {text, static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
        break;
    }
    case SQLITE_BLOB: {
        v.is = loose_value::storage::blob;
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(s, column));
        v.bytes = {bytes, static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
        break;
    }
    default: break;
    }
    return v;
}

std::string statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))) : std::string();
}

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

pgcoro::result<database> database::open(const std::string& file) {
    sqlite3* handle = nullptr;
    // One thread at a time uses it: its own lock, taken several times a value, would cost a tenth of a migration's work.
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    database db(handle);
    if (opened != SQLITE_OK) {
        return fail(failure::bad_source, file + ": " + sqlite3_errmsg(handle));
    }
    sqlite3_busy_timeout(handle, busy_milliseconds);
    // The file is looked at only now.
    if (const auto looked = db.fetch_integer("select count(*) from sqlite_schema"); !looked) {
        return fail(failure::bad_source, file + ": " + looked.error().message());
    }
    return db;
}

pgcoro::result<statement> database::prepare(const std::string& sql, const std::string* parameter) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr) != SQLITE_OK) {
        return error_of(handle_.get());
    }
    statement s(made);
    if (parameter &&
        sqlite3_bind_text(made, 1, parameter->data(), static_cast<int>(parameter->size()), SQLITE_TRANSIENT) != SQLITE_OK) {
        return error_of(handle_.get());
    }
    return s;
}

pgcoro::result<> database::execute(const std::string& sql) {
    BOOST_OUTCOME_TRY(auto s, prepare(sql));
    BOOST_OUTCOME_TRY(s.step());
    return pgcoro::success();
}

pgcoro::result<std::int64_t> database::fetch_integer(const std::string& sql) {
    BOOST_OUTCOME_TRY(auto s, prepare(sql));
    BOOST_OUTCOME_TRY(const bool has_row, s.step());
    return has_row ? s.integer(0) : 0;
}

std::string database::collation(const std::string& table, const std::string& column) const {
    const char* name = nullptr;
    const int found = sqlite3_table_column_metadata(handle_.get(), nullptr, table.c_str(), column.c_str(), nullptr, &name,
                                                    nullptr, nullptr, nullptr);
    return found == SQLITE_OK && name ? name : "BINARY";
}

std::string library_version() { return std::string("SQLite ") + sqlite3_libversion(); }

} // namespace migrate::sqlite
