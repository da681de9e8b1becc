// SPDX-License-Identifier: BSL-1.0
#include "changes.hpp"

#include "libpq.hpp"

#include <pgcoro/detail/big_endian.hpp>

#include <libpq-fe.h>

#include <bit>
#include <stdexcept>
#include <string_view>

namespace bench {
namespace {

using pgcoro::detail::load_big_endian;

/// What a program that trusts the server would write.
class reader {
public:
    explicit reader(const char* at) : at_(reinterpret_cast<const std::byte*>(at)) {}

    template <class T>
    T number() {
        const T value = load_big_endian<T>(at_);
        at_ += sizeof(T);
        return value;
    }
    std::string_view value() {
        if (number<std::uint8_t>() != 'b') {
            throw std::runtime_error("a value came as text");
        }
        const auto size = number<std::uint32_t>();
        const std::string_view found(reinterpret_cast<const char*>(at_), size);
        at_ += size;
        return found;
    }
    template <class T>
    T number_value() {
        return load_big_endian<T>(reinterpret_cast<const std::byte*>(value().data()));
    }

private:
    const std::byte* at_;
};

class libpq_changes final : public subject {
public:
    explicit libpq_changes(const std::string& conninfo)
        : subject("libpq-changes"), conninfo_(conninfo + " replication=database") {}

    void run(std::size_t rows) override {
        libpq session(conninfo_);
        start(session);
        std::int64_t sum = 0;
        for (std::size_t seen = 0; seen < rows;) {
            char* message = nullptr;
            if (PQgetCopyData(session.get(), &message, 0) <= 0) {
                session.fail();
            }
            if (message[0] == 'w' && message[25] == 'I') {
                sum += decode(message + 26).id;
                ++seen;
            }
            PQfreemem(message);
        }
        const auto count = static_cast<std::int64_t>(rows);
        if (sum != count * (count + 1) / 2) {
            throw std::runtime_error("the rows are other ones");
        }
    }

private:
    static changed decode(const char* message) {
        reader in(message);
        in.number<std::uint32_t>(); // the table
        in.number<std::uint8_t>();
        in.number<std::uint16_t>();
        changed row;
        row.id = static_cast<std::int64_t>(in.number_value<std::uint64_t>());
        row.number = static_cast<std::int32_t>(in.number_value<std::uint32_t>());
        row.share = std::bit_cast<double>(in.number_value<std::uint64_t>());
        row.text = in.value();
        row.at = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) +
                 std::chrono::microseconds(static_cast<std::int64_t>(in.number_value<std::uint64_t>()));
        return row;
    }

    /// The last one who read it may hold it a moment longer.
    static void start(libpq& session) {
        for (int attempt = 0; attempt < 10'000; ++attempt) {
            PGresult* const begun = PQexec(session.get(), "START_REPLICATION SLOT \"bench\" LOGICAL 0/0 (proto_version '1', "
                                                          "publication_names '\"bench\"', binary 'true')");
            const bool has_begun = PQresultStatus(begun) == PGRES_COPY_BOTH;
            PQclear(begun);
            if (has_begun) {
                return;
            }
        }
        session.fail();
    }

    std::string conninfo_;
};

} // namespace

std::unique_ptr<subject> make_libpq_changes(const std::string& conninfo) { return std::make_unique<libpq_changes>(conninfo); }

} // namespace bench
