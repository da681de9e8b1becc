// SPDX-License-Identifier: BSL-1.0
#include "mariadb/session.hpp"

#include "failure.hpp"

#include <mysql.h>

#include <mutex>

namespace migrate::mariadb {
namespace {

constexpr unsigned connect_timeout = 30; // seconds

// The way in which the server gives values must not depend on its configuration, nor may it give up while PostgreSQL is slow:
// it waits only a minute for a client that does not read on (net_write_timeout). The default of sql_select_limit is the global
// value, which would cut tables off without an error.
constexpr const char* prepare_session[] = {
    "set session sql_mode = '', time_zone = '+00:00', net_write_timeout = 604800, net_read_timeout = 604800, "
    "wait_timeout = 604800, sql_select_limit = 18446744073709551615, autocommit = 1",
    "set session transaction isolation level repeatable read",
};
// Not every server has these. MySQL otherwise gives counters that are up to a day old.
constexpr const char* prepare_if_known[] = {
    "set session max_statement_time = 0",
    "set session idle_transaction_timeout = 0",
    "set session max_execution_time = 0",
    "set session information_schema_stats_expiry = 0",
};
constexpr unsigned unknown_variable = 1193;
// From now on, text comes as it is stored.
constexpr const char* without_conversion = "set session character_set_results = null";

void start_library() {
    static std::once_flag once;
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void set_options(MYSQL* m, const settings& s) {
    const my_bool no = 0;
    const my_bool yes = 1;
    const unsigned local_files = 0; // otherwise a hostile server may ask for any file of ours
    mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local_files);
    mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
    mysql_options(m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(m, MYSQL_OPT_RECONNECT, &no);
    if (!s.defaults_file.empty()) {
        mysql_options(m, MYSQL_READ_DEFAULT_FILE, s.defaults_file.c_str());
    }
    if (s.tls != tls_mode::disable && !s.host.empty()) {
        mysql_options(m, MYSQL_OPT_SSL_ENFORCE, &yes);
        mysql_options(m, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, s.tls == tls_mode::verify_full ? &yes : &no);
        if (!s.ca_file.empty()) {
            mysql_options(m, MYSQL_OPT_SSL_CA, s.ca_file.c_str());
        }
    }
}

} // namespace

void session::closed::operator()(st_mysql* s) const noexcept { mysql_close(s); }
void session::closed::operator()(st_mysql_res* r) const noexcept { mysql_free_result(r); }

pgcoro::result<session> session::connect(const settings& s) {
    start_library();
    session made;
    made.session_.reset(mysql_init(nullptr));
    MYSQL* const m = made.session_.get();
    if (!m) {
        return fail(failure::bad_source, "out of memory");
    }
    set_options(m, s);
    if (!mysql_real_connect(m, or_null(s.host), or_null(s.user), or_null(s.password), s.database.c_str(), s.port,
                            or_null(s.socket), 0)) {
        return made.last_error();
    }
    // MYSQL_OPT_SSL_ENFORCE enforces nothing: it connects unencrypted to a server without TLS.
    if (s.tls >= tls_mode::require && !s.host.empty() && !mysql_get_ssl_cipher(m)) {
        return fail(failure::bad_source, "the server offers no encrypted connection, which sslmode asks for");
    }
    for (const char* sql : prepare_session) {
        BOOST_OUTCOME_TRY(made.execute(sql));
    }
    for (const char* sql : prepare_if_known) {
        if (auto set = made.execute(sql); !set && made.error_number() != unknown_variable) {
            return set.error();
        }
    }
    BOOST_OUTCOME_TRY(made.execute(without_conversion));
    return made;
}

std::string session::server_version() const { return mysql_get_server_info(session_.get()); }
bool session::is_mariadb() const { return mariadb_connection(session_.get()) != 0; }

pgcoro::result<> session::execute(const std::string& sql) {
    if (mysql_real_query(session_.get(), sql.data(), sql.size()) != 0) {
        return last_error();
    }
    rows_.reset(mysql_store_result(session_.get()));
    rows_.reset();
    return pgcoro::success();
}

pgcoro::result<std::vector<text_row>> session::query(const std::string& sql) {
    std::vector<text_row> all;
    BOOST_OUTCOME_TRY(start_rows(sql));
    for (;;) {
        BOOST_OUTCOME_TRY(const auto row, next_row());
        if (!row) {
            return all;
        }
        all.emplace_back(row->begin(), row->end());
    }
}

pgcoro::result<> session::start_rows(const std::string& sql) {
    if (mysql_real_query(session_.get(), sql.data(), sql.size()) != 0) {
        return last_error();
    }
    rows_.reset(mysql_use_result(session_.get()));
    if (!rows_) {
        return last_error();
    }
    fields_.assign(mysql_num_fields(rows_.get()), std::nullopt);
    return pgcoro::success();
}

pgcoro::result<std::optional<std::span<const field>>> session::next_row() {
    const MYSQL_ROW row = mysql_fetch_row(rows_.get());
    if (!row) {
        if (mysql_errno(session_.get()) != 0) {
            return last_error();
        }
        rows_.reset();
        return std::nullopt;
    }
    const unsigned long* lengths = mysql_fetch_lengths(rows_.get());
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        fields_[i] = row[i] ? field(std::string_view(row[i], lengths[i])) : std::nullopt;
    }
    return std::optional(std::span<const field>(fields_));
}

unsigned session::error_number() const { return mysql_errno(session_.get()); }

void session::abort() noexcept { mariadb_cancel(session_.get()); }

pgcoro::error session::last_error() const {
    return fail(failure::bad_source, std::string(mysql_error(session_.get())) + " (error " + std::to_string(error_number()) +
                                         ", SQLSTATE " + mysql_sqlstate(session_.get()) + ")");
}

} // namespace migrate::mariadb
