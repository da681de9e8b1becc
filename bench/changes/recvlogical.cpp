// SPDX-License-Identifier: BSL-1.0
#include "changes.hpp"

#include "libpq.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <stdexcept>

namespace bench {
namespace {

class recvlogical final : public subject {
public:
    explicit recvlogical(const std::string& conninfo) : subject("pg_recvlogical"), conninfo_(conninfo), session_(conninfo) {
        end_ = value("select pg_current_wal_lsn()");
    }

    /// Of a copy of the slot, for it confirms what it has read.
    void run(std::size_t) override {
        const std::string slot = "json_" + std::to_string(++runs_);
        value("select pg_copy_logical_replication_slot('json', '" + slot + "')");
        const std::string command = "pg_recvlogical -d \"" + conninfo_ + "\" --slot " + slot +
                                    " --start --no-loop -f /dev/null " + "-o include-timestamp=0 --endpos=" + end_;
        if (std::system(command.c_str()) != 0) {
            throw std::runtime_error("pg_recvlogical failed");
        }
        value("select pg_drop_replication_slot('" + slot + "')");
    }

private:
    std::string value(const std::string& sql) {
        PGresult* const answer = PQexec(session_.get(), sql.c_str());
        if (PQresultStatus(answer) != PGRES_TUPLES_OK) {
            session_.fail();
        }
        std::string found = PQgetvalue(answer, 0, 0);
        PQclear(answer);
        return found;
    }

    std::string conninfo_;
    libpq session_;
    std::string end_;
    int runs_ = 0;
};

} // namespace

std::unique_ptr<subject> make_recvlogical(const std::string& conninfo) {
    libpq session(conninfo);
    PGresult* const made = PQexec(session.get(), "select count(*) from pg_replication_slots where slot_name = 'json'");
    const bool is_there = std::string(PQgetvalue(made, 0, 0)) == "1";
    PQclear(made);
    return is_there ? std::make_unique<recvlogical>(conninfo) : nullptr;
}

} // namespace bench
