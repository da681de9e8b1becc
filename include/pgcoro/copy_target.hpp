// SPDX-License-Identifier: BSL-1.0
// The table and the columns that rows are copied into.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {

/// Where COPY writes rows to:
///
///     pgcoro::copy_target target("app.users", "id", "name");
///
/// `table` is the name of a table or view, with or without its schema: a dot separates the two. Names are taken literally,
/// including upper and lower case: "app.Users" is `"app"."Users"` in SQL. Write a name that contains a dot in double quotes, as
/// in SQL: R"(app."audit.2026")".
///
/// `columns` are the names of columns, in the order of a row's members, never in quotes. None means all columns of the table,
/// in its order; name them if the table has generated columns, which COPY does not write.
///
/// A name that is empty, is not UTF-8 or contains a NUL character is `errc::invalid_text`, from the call that the target is
/// passed to.
class copy_target {
public:
    copy_target(std::string_view table) : table_(table) {}   // NOLINT(google-explicit-constructor)
    copy_target(const char* table) : table_(table) {}        // NOLINT(google-explicit-constructor)
    copy_target(const std::string& table) : table_(table) {} // NOLINT(google-explicit-constructor)
    template <std::convertible_to<std::string_view>... Columns>
        requires(sizeof...(Columns) != 0)
    copy_target(std::string_view table, const Columns&... columns)
        : table_(table), columns_{std::string(std::string_view(columns))...} {}
    /// GCC 12 does not compile this one in an expression with `co_await`.
    copy_target(std::string_view table, std::initializer_list<std::string_view> columns)
        : table_(table), columns_(columns.begin(), columns.end()) {}
    copy_target(std::string_view table, std::vector<std::string> columns) : table_(table), columns_(std::move(columns)) {}

    const std::string& table() const noexcept { return table_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }

private:
    std::string table_;
    std::vector<std::string> columns_;
};

} // namespace pgcoro
