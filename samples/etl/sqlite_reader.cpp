// SPDX-License-Identifier: BSL-1.0
#include "sqlite_reader.hpp"

#include "failure.hpp"

#include <sqlite3.h>

#include <charconv>
#include <string_view>

namespace etl {
namespace {

constexpr std::size_t batch_bytes = std::size_t{256} * 1024;

std::string hexadecimal(std::string_view bytes) {
    std::string text = "\\x";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

std::string all_digits(double d) {
    char text[64];
    const auto made = std::to_chars(text, text + sizeof text, d);
    const std::string_view shown(text, static_cast<std::size_t>(made.ptr - text));
    if (shown == "inf" || shown == "-inf") {
        return shown == "inf" ? "Infinity" : "-Infinity";
    }
    return std::string(shown);
}

std::optional<std::string> value_of(sqlite3_stmt* s, int column) {
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_NULL: return std::nullopt;
    case SQLITE_FLOAT: return all_digits(sqlite3_column_double(s, column));
    case SQLITE_BLOB: {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(s, column));
        return hexadecimal({bytes, static_cast<std::size_t>(sqlite3_column_bytes(s, column))});
    }
    default: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
        return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(s, column)));
    }
    }
}

} // namespace

void sqlite_reader::closed::operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
void sqlite_reader::closed::operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }

pgcoro::result<std::vector<std::string>> sqlite_reader::open() {
    sqlite3* db = nullptr;
    const int opened = sqlite3_open_v2(file_.text.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
    db_.reset(db);
    if (opened != SQLITE_OK) {
        return fail(failure::bad_source, file_.text + ": " + sqlite3_errmsg(db));
    }
    sqlite3_busy_timeout(db, 5000);
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int prepared = sqlite3_prepare_v2(db, query_.text.data(), static_cast<int>(query_.text.size()), &statement, &rest);
    statement_.reset(statement);
    if (prepared != SQLITE_OK) {
        return fail(prepared == SQLITE_ERROR ? failure::bad_pipeline : failure::bad_source,
                    file_.text + ": " + sqlite3_errmsg(db));
    }
    if (!statement || sqlite3_column_count(statement) == 0 ||
        std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos) {
        return fail(failure::bad_pipeline, "the query must be one statement that gives rows");
    }
    std::vector<std::string> names;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        names.emplace_back(sqlite3_column_name(statement, i));
    }
    return names;
}

pgcoro::result<batch> sqlite_reader::read() {
    batch b;
    while (b.bytes < batch_bytes) {
        const int stepped = sqlite3_step(statement_.get());
        if (stepped == SQLITE_DONE) {
            b.is_last = true;
            break;
        }
        if (stepped != SQLITE_ROW) {
            return fail(failure::bad_source, file_.text + ": " + sqlite3_errmsg(db_.get()));
        }
        row r;
        r.line = ++row_;
        for (int i = 0; i < sqlite3_column_count(statement_.get()); ++i) {
            r.values.push_back(value_of(statement_.get(), i));
            b.bytes += r.values.back() ? r.values.back()->size() : 0;
        }
        ++b.bytes;
        b.rows.push_back(std::move(r));
    }
    return b;
}

} // namespace etl
