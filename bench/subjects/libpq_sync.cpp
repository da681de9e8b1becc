// SPDX-License-Identifier: BSL-1.0
// The yardstick: synchronous libpq with a prepared statement, parameter and result in binary.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

namespace bench {
namespace {

class libpq_sync : public subject {
public:
    explicit libpq_sync(const std::string& conninfo) : subject("libpq-sync"), connection_(conninfo) {
        connection_.prepare("balance", balance_sql);
    }

    void run(std::size_t queries) override {
        for (; queries != 0; --queries) {
            accounts_.got(balance(accounts_.next()));
        }
        accounts_.check();
    }

private:
    std::int32_t balance(std::int32_t aid) {
        const std::uint32_t argument = swapped(static_cast<std::uint32_t>(aid));
        const char* const values[] = {reinterpret_cast<const char*>(&argument)};
        const int lengths[] = {sizeof argument};
        const int formats[] = {1};
        const libpq_result r(PQexecPrepared(connection_.get(), "balance", 1, values, lengths, formats, 1));
        if (PQresultStatus(r.get()) != PGRES_TUPLES_OK || PQntuples(r.get()) != 1) {
            connection_.fail();
        }
        return from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0));
    }

    libpq connection_;
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_libpq_sync(const std::string& conninfo) { return std::make_unique<libpq_sync>(conninfo); }

} // namespace bench
