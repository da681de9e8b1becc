// SPDX-License-Identifier: BSL-1.0
// Any number of rows with libpq by hand, while the server sends them: in chunks of 256 with libpq 17 and newer, else one by
// one.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

#include <stdexcept>

namespace bench {
namespace {

class libpq_stream : public subject {
public:
    explicit libpq_stream(const std::string& conninfo) : subject("libpq-stream"), connection_(conninfo) {}

    void run(std::size_t rows) override {
        PGconn* const c = connection_.get();
        if (PQsendQueryParams(c, many_items_sql(rows).c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 1) {
            connection_.fail();
        }
#ifdef LIBPQ_HAS_CHUNK_MODE
        PQsetChunkedRowsMode(c, 256);
#else
        PQsetSingleRowMode(c);
#endif
        stream_check seen;
        std::vector<item> chunk;
        while (const libpq_result r{PQgetResult(c)}) {
            const auto status = PQresultStatus(r.get());
            if (status == PGRES_FATAL_ERROR) {
                connection_.fail();
            }
            read(r.get(), chunk);
            for (const item& i : chunk) {
                seen.add(i);
            }
            chunk.clear();
        }
        seen.expect(rows);
    }

private:
    static void read(const PGresult* p, std::vector<item>& out) {
        for (int row = 0, rows = PQntuples(p); row != rows; ++row) {
            out.push_back({
                .id = number<std::int64_t>(p, row, 0),
                .quantity = number<std::int32_t>(p, row, 1),
                .price = number<double>(p, row, 2),
                .name = std::string(PQgetvalue(p, row, 3), static_cast<std::size_t>(PQgetlength(p, row, 3))),
                .created_at = postgres_epoch + std::chrono::microseconds(number<std::int64_t>(p, row, 4)),
            });
        }
    }
    /// Reads no byte that is not there: a NULL has none.
    template <class Number>
    static Number number(const PGresult* p, int row, int column) {
        if (PQgetlength(p, row, column) != sizeof(Number)) {
            throw std::logic_error("malformed");
        }
        return from_network<Number>(PQgetvalue(p, row, column));
    }

    libpq connection_;
};

} // namespace

std::unique_ptr<subject> make_libpq_stream(const std::string& conninfo) { return std::make_unique<libpq_stream>(conninfo); }

} // namespace bench
