// SPDX-License-Identifier: BSL-1.0
// A blocking libpq connection: the judge of what the test kit and the driver do.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace pgcoro::test {

class libpq_session {
public:
    explicit libpq_session(const std::string& dsn) : connection_(PQconnectdb(dsn.c_str()), PQfinish) {}

    bool connected() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
    std::string complaint() const { return PQerrorMessage(connection_.get()); }
    PGconn* native() const { return connection_.get(); }

    /// The first value of the first row; "<error>" and what libpq says if there is none.
    std::string value(const std::string& sql) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(connection_.get(), sql.c_str()), PQclear);
        if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) {
            return "";
        }
        if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) == 0) {
            return "<error> " + complaint();
        }
        return PQgetvalue(answer.get(), 0, 0);
    }

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

} // namespace pgcoro::test
