// SPDX-License-Identifier: BSL-1.0
// A connection to MariaDB or MySQL. Its calls block.
#pragma once

#include "mariadb/settings.hpp"

#include <pgcoro/result.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct st_mysql;
struct st_mysql_res;

namespace migrate::mariadb {

/// A value as the server sent it, or NULL. Valid until the next row is read.
using field = std::optional<std::string_view>;
using text_row = std::vector<std::optional<std::string>>;

/// Everything the server sends of text columns comes in their own character sets: the server's conversion would put a question
/// mark for what it cannot convert, and would not say so. Names and the texts of the catalog are UTF-8.
///
/// Errors: `failure::bad_source`; the message has the server's number and SQLSTATE.
/// Thread safety: one thread at a time, but for `abort`.
class session {
public:
    static pgcoro::result<session> connect(const settings& s);

    /// "10.11.6-MariaDB-0+deb12u1", as the server calls itself.
    std::string server_version() const;
    bool is_mariadb() const;

    pgcoro::result<> execute(const std::string& sql);
    /// All rows at once: for the catalog.
    pgcoro::result<std::vector<text_row>> query(const std::string& sql);

    /// Starts to read rows one by one: the server sends them while they are read. Until the end nothing else can be asked.
    pgcoro::result<> start_rows(const std::string& sql);
    /// Nothing after the last row.
    pgcoro::result<std::optional<std::span<const field>>> next_row();

    /// Of the last call: 0, or the number of its error, such as 1227 for a privilege that is missing.
    unsigned error_number() const;

    /// Breaks the connection: a call that waits on another thread fails, and destroying the session does not read the rest.
    void abort() noexcept;

private:
    session() = default;
    struct closed {
        void operator()(st_mysql* s) const noexcept;
        void operator()(st_mysql_res* r) const noexcept;
    };

    pgcoro::error last_error() const;

    std::unique_ptr<st_mysql, closed> session_;
    std::unique_ptr<st_mysql_res, closed> rows_;
    std::vector<field> fields_;
};

} // namespace migrate::mariadb
