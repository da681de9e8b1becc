// SPDX-License-Identifier: BSL-1.0
// Holds a table so that no statement can use it: a request stays in flight for as long as a test wants.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace shop_test {

class table_lock {
public:
    table_lock(const std::string& dsn, const std::string& table) : connection_(PQconnectdb(dsn.c_str()), &PQfinish) {
        run("begin");
        run("lock table " + table + " in access exclusive mode");
    }
    /// Waits until `count` statements wait for the table.
    void wait_for_waiting(int count) {
        while (std::stoi(run("select count(*) from pg_locks where not granted")) < count) {
        }
    }
    void release() { run("commit"); }

private:
    std::string run(const std::string& sql) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            throw std::runtime_error(PQerrorMessage(connection_.get()));
        }
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

} // namespace shop_test
