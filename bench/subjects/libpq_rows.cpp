// SPDX-License-Identifier: BSL-1.0
// A thousand rows with libpq by hand: binary columns read straight into a vector of structs.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

namespace bench {
namespace {

class libpq_rows : public subject {
public:
    explicit libpq_rows(const std::string& conninfo) : subject("libpq-rows"), connection_(conninfo) {
        connection_.prepare("items", items_sql);
    }

    void run(std::size_t queries) override {
        for (; queries != 0; --queries) {
            check(items());
        }
    }

private:
    std::vector<item> items() {
        const libpq_result r(PQexecPrepared(connection_.get(), "items", 0, nullptr, nullptr, nullptr, 1));
        if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
            connection_.fail();
        }
        const PGresult* p = r.get();
        const int rows = PQntuples(p);
        std::vector<item> all;
        all.reserve(static_cast<std::size_t>(rows));
        for (int row = 0; row != rows; ++row) {
            all.push_back({
                .id = from_network<std::int64_t>(PQgetvalue(p, row, 0)),
                .quantity = from_network<std::int32_t>(PQgetvalue(p, row, 1)),
                .price = from_network<double>(PQgetvalue(p, row, 2)),
                .name = std::string(PQgetvalue(p, row, 3), static_cast<std::size_t>(PQgetlength(p, row, 3))),
                .created_at = postgres_epoch + std::chrono::microseconds(from_network<std::int64_t>(PQgetvalue(p, row, 4))),
            });
        }
        return all;
    }

    libpq connection_;
};

} // namespace

std::unique_ptr<subject> make_libpq_rows(const std::string& conninfo) { return std::make_unique<libpq_rows>(conninfo); }

} // namespace bench
