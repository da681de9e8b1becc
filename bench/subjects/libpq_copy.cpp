// SPDX-License-Identifier: BSL-1.0
// Rows into a table and out of a query by binary COPY, with libpq by hand.
#include "binary_copy_by_hand.hpp"
#include "copied_items.hpp"
#include "subjects.hpp"

namespace bench {
namespace {

/// Fills a buffer of 64 KiB with rows, sends it, and fills it again.
class libpq_copy_in final : public subject {
public:
    explicit libpq_copy_in(const std::string& conninfo) : subject("libpq-copy-in"), connection_(conninfo) {}

    void run(std::size_t rows) override {
        connection_.exec("truncate bench_copied");
        const libpq_result begun(PQexec(connection_.get(), "copy bench_copied from stdin (format binary)"));
        if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
            connection_.fail();
        }
        encoder_.append_header();
        for (std::size_t i = 0; i != rows; ++i) {
            encoder_.append(items_[i % copied_rows]);
            if (encoder_.is_full()) {
                send_piece();
            }
        }
        encoder_.append_trailer();
        send_piece();
        finish(rows);
    }

private:
    void send_piece() {
        const auto bytes = encoder_.bytes();
        if (PQputCopyData(connection_.get(), reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())) !=
            1) {
            connection_.fail();
        }
        encoder_.clear();
    }
    void finish(std::size_t rows) {
        if (PQputCopyEnd(connection_.get(), nullptr) != 1) {
            connection_.fail();
        }
        const libpq_result done(PQgetResult(connection_.get()));
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK || PQcmdTuples(done.get()) != std::to_string(rows)) {
            connection_.fail();
        }
        while (libpq_result(PQgetResult(connection_.get()))) {
        }
    }

    libpq connection_;
    const std::vector<item> items_ = copied_items();
    encoder_by_hand encoder_;
};

/// Takes one message after the other, and decodes it where it is.
class libpq_copy_out final : public subject {
public:
    explicit libpq_copy_out(const std::string& conninfo) : subject("libpq-copy-out"), connection_(conninfo) {}

    void run(std::size_t rows) override {
        PGconn* const c = connection_.get();
        const std::string sql = "copy (" + many_items_sql(rows) + ") to stdout (format binary)";
        const libpq_result begun(PQexec(c, sql.c_str()));
        if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) {
            connection_.fail();
        }
        decoder_by_hand decode;
        stream_check seen;
        char* message = nullptr;
        int size = 0;
        while ((size = PQgetCopyData(c, &message, 0)) > 0) {
            decode.read(message, static_cast<std::size_t>(size), [&](const item& row) { seen.add(row); });
            PQfreemem(message);
        }
        while (const libpq_result done{PQgetResult(c)}) {
            if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) {
                connection_.fail();
            }
        }
        seen.expect(rows);
    }

private:
    libpq connection_;
};

} // namespace

std::unique_ptr<subject> make_libpq_copy_in(const std::string& conninfo) { return std::make_unique<libpq_copy_in>(conninfo); }
std::unique_ptr<subject> make_libpq_copy_out(const std::string& conninfo) { return std::make_unique<libpq_copy_out>(conninfo); }

} // namespace bench
