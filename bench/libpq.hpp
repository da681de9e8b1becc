// SPDX-License-Identifier: BSL-1.0
// The little that hand-written libpq code needs anyway: handles that close, errors that throw, numbers in network order.
#pragma once

#include <libpq-fe.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

struct result_deleter {
    void operator()(PGresult* r) const noexcept { PQclear(r); }
};
using libpq_result = std::unique_ptr<PGresult, result_deleter>;

class libpq {
public:
    explicit libpq(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
        if (PQstatus(get()) != CONNECTION_OK) {
            fail();
        }
    }

    PGconn* get() const noexcept { return connection_.get(); }

    libpq_result exec(const std::string& sql) const {
        libpq_result r(PQexec(get(), sql.c_str()));
        const ExecStatusType status = PQresultStatus(r.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            fail();
        }
        return r;
    }

    void prepare(const char* name, const char* sql) const {
        const libpq_result r(PQprepare(get(), name, sql, 0, nullptr));
        if (PQresultStatus(r.get()) != PGRES_COMMAND_OK) {
            fail();
        }
    }

    [[noreturn]] void fail() const { throw std::runtime_error(PQerrorMessage(get())); }

private:
    struct closer {
        void operator()(PGconn* c) const noexcept { PQfinish(c); }
    };
    std::unique_ptr<PGconn, closer> connection_;
};

inline std::uint32_t swapped(std::uint32_t v) noexcept {
    return std::endian::native == std::endian::little ? __builtin_bswap32(v) : v;
}

inline std::uint64_t swapped(std::uint64_t v) noexcept {
    return std::endian::native == std::endian::little ? __builtin_bswap64(v) : v;
}

/// The number of this type whose bytes in network order begin at `bytes`.
template <class Number>
Number from_network(const char* bytes) noexcept {
    std::conditional_t<sizeof(Number) == 8, std::uint64_t, std::uint32_t> raw;
    static_assert(sizeof raw == sizeof(Number));
    std::memcpy(&raw, bytes, sizeof raw);
    return std::bit_cast<Number>(swapped(raw));
}

} // namespace bench
