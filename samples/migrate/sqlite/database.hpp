// SPDX-License-Identifier: BSL-1.0
// A connection to an SQLite database that only reads, and its statements. All calls block.
#pragma once

#include <pgcoro/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace migrate::sqlite {

/// A value as it is stored, whatever the type of its column.
struct loose_value {
    enum class storage { null, integer, real, text, blob };

    storage is = storage::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes; // of text and blobs; valid until the next step
};

class statement {
public:
    /// True if there is a row. Errors: `failure::bad_source`.
    pgcoro::result<bool> step();
    int columns() const;
    loose_value value(int column) const;
    /// As text; empty for NULL.
    std::string text(int column) const;
    std::int64_t integer(int column) const;

private:
    friend class database;
    struct closed {
        void operator()(sqlite3_stmt* s) const noexcept;
    };
    explicit statement(sqlite3_stmt* s) : handle_(s) {}

    std::unique_ptr<sqlite3_stmt, closed> handle_;
};

class database {
public:
    /// Errors: `failure::bad_source`, with the name of the file.
    static pgcoro::result<database> open(const std::string& file);

    /// `parameter` is the value of a first placeholder. Errors: `failure::bad_source`.
    pgcoro::result<statement> prepare(const std::string& sql, const std::string* parameter = nullptr);
    pgcoro::result<> execute(const std::string& sql);
    /// The first column of the first row, as a number; 0 if there is none.
    pgcoro::result<std::int64_t> fetch_integer(const std::string& sql);
    /// The collation of a column: "BINARY", "NOCASE", ...
    std::string collation(const std::string& table, const std::string& column) const;

private:
    struct closed {
        void operator()(sqlite3* db) const noexcept;
    };
    explicit database(sqlite3* db) : handle_(db) {}

    std::unique_ptr<sqlite3, closed> handle_;
};

/// "SQLite 3.40.1": of the library.
std::string library_version();

} // namespace migrate::sqlite
