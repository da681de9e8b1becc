// SPDX-License-Identifier: BSL-1.0
// Any number of rows with libpq by hand, while the server sends them: in chunks of 256 with libpq 17 and newer, else one by
// one.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

namespace bench {
namespace {

// PostgreSQL counts microseconds from 2000-01-01.
constexpr std::chrono::sys_time<std::chrono::microseconds> postgres_epoch =
    std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

class libpq_stream : public subject {
public:
    explicit libpq_stream(const std::string& conninfo) : subject("libpq-stream"), connection_(conninfo) {
        connection_.prepare("stream", stream_sql);
    }

    void run(std::size_t rows) override {
        const std::string count = std::to_string(rows);
        const char* const value = count.c_str();
        PGconn* const c = connection_.get();
        if (PQsendQueryPrepared(c, "stream", 1, &value, nullptr, nullptr, 1) != 1) {
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
                .id = from_network<std::int64_t>(PQgetvalue(p, row, 0)),
                .quantity = from_network<std::int32_t>(PQgetvalue(p, row, 1)),
                .price = from_network<double>(PQgetvalue(p, row, 2)),
                .name = std::string(PQgetvalue(p, row, 3), static_cast<std::size_t>(PQgetlength(p, row, 3))),
                .created_at = postgres_epoch + std::chrono::microseconds(from_network<std::int64_t>(PQgetvalue(p, row, 4))),
            });
        }
    }

    libpq connection_;
};

} // namespace

std::unique_ptr<subject> make_libpq_stream(const std::string& conninfo) { return std::make_unique<libpq_stream>(conninfo); }

} // namespace bench
