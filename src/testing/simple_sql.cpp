// SPDX-License-Identifier: BSL-1.0
#include "simple_sql.hpp"

#include "failure.hpp"
#include "libpq/pgconn.hpp"
#include "libpq/server_error.hpp"
#include "process.hpp"
#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/result_handle.hpp>

#include <libpq-fe.h>

#include <chrono>
#include <utility>

namespace pgcoro::testing {
namespace {

// Instead of what the environment has for other servers. No parameter replaces PGSERVICE, PGTZ, PGDATESTYLE and PGGEQO; and
// none that every libpq knows, PGREQUIREAUTH.
constexpr const char* only_ours =
    " hostaddr='' options='' application_name='' requirepeer='' client_encoding=UTF8 gssencmode=disable sslmode=disable"
    " channel_binding=disable target_session_attrs=any connect_timeout=600";
constexpr auto patience = std::chrono::minutes(10);

error lost(const wire::pgconn_ptr& with) { return unavailable(PQerrorMessage(with.get())); }

void append_rows(std::string& text, const PGresult* result) {
    for (int row = 0; row < PQntuples(result); ++row) {
        for (int column = 0; column < PQnfields(result); ++column) {
            text += column == 0 ? "" : "|";
            text += PQgetvalue(result, row, column);
        }
        text += '\n';
    }
}

result<detail::result_handle> next_result(const wire::pgconn_ptr& with) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (PQisBusy(with.get()) != 0) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
        if (left.count() <= 0 || !wait_readable(PQsocket(with.get()), left)) {
            return unavailable("the server has not answered for ten minutes");
        }
        if (PQconsumeInput(with.get()) == 0) {
            return lost(with);
        }
    }
    return detail::result_handle(PQgetResult(with.get()));
}

result<> run_one(const wire::pgconn_ptr& with, const std::string& statement, std::string& text) {
    if (PQsendQuery(with.get(), statement.c_str()) == 0) {
        return lost(with);
    }
    result<> outcome = boost::outcome_v2::success();
    for (;;) {
        BOOST_OUTCOME_TRY(const auto next, next_result(with));
        if (!next) {
            return outcome;
        }
        switch (PQresultStatus(next.get())) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY: append_rows(text, next.get()); break;
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_COPY_BOTH: return error(errc::copy_not_supported, "run_sql has no data for a COPY: " + statement);
        default:
            outcome = wire::server_error(next.get()); // without its text, which may have passwords
            if (outcome.error() == errc::connection_lost) {
                outcome = lost(with);
            }
        }
    }
}

} // namespace

result<std::string> run_simple_sql(const std::string& dsn, std::string_view text) {
    if (text.find('\0') != text.npos) {
        return error(errc::invalid_text, "the SQL has a NUL character");
    }
    const wire::pgconn_ptr with(PQconnectdb((dsn + only_ours).c_str()));
    if (PQstatus(with.get()) != CONNECTION_OK) {
        return lost(with);
    }
    PQsetNoticeProcessor(with.get(), [](void*, const char*) {}, nullptr);
    std::string values;
    statement_splitter statements(text);
    for (auto next = statements.next(); !next.empty(); next = statements.next()) {
        BOOST_OUTCOME_TRY(run_one(with, std::string(next), values));
    }
    return values;
}

} // namespace pgcoro::testing
