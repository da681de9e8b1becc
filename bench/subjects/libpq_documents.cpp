// SPDX-License-Identifier: BSL-1.0
// A thousand rows of numeric, uuid, int4[] and jsonb with libpq by hand: the values' own bytes, believed as they come.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

#include <array>
#include <cmath>

namespace bench {
namespace {

std::uint16_t number_at(const char* bytes) noexcept {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8U | static_cast<unsigned char>(bytes[1]));
}

/// A numeric as PostgreSQL has it: digits of base 10000.
struct decimal {
    std::vector<std::int16_t> digits;
    std::int16_t weight;
    std::uint16_t sign;
    std::uint16_t scale;

    double to_double() const {
        double sum = 0;
        for (std::size_t i = 0; i != digits.size(); ++i) {
            sum += digits[i] * std::pow(10000.0, weight - static_cast<int>(i));
        }
        return sum;
    }
};

struct document {
    decimal price;
    std::array<std::uint8_t, 16> id;
    std::vector<std::int32_t> tags;
    std::string content;
};

decimal read_decimal(const char* bytes) {
    const std::size_t count = number_at(bytes);
    decimal number{std::vector<std::int16_t>(count), static_cast<std::int16_t>(number_at(bytes + 2)), number_at(bytes + 4),
                   number_at(bytes + 6)};
    for (std::size_t i = 0; i != count; ++i) {
        number.digits[i] = static_cast<std::int16_t>(number_at(bytes + 8 + 2 * i));
    }
    return number;
}

// One dimension without NULL: its size is behind the number of dimensions, a flag and the type.
std::vector<std::int32_t> read_array(const char* bytes) {
    std::vector<std::int32_t> elements(static_cast<std::size_t>(from_network<std::int32_t>(bytes + 12)));
    const char* element = bytes + 20;
    for (auto& e : elements) {
        e = from_network<std::int32_t>(element + 4);
        element += 8;
    }
    return elements;
}

std::array<std::uint8_t, 16> read_uuid(const char* bytes) {
    std::array<std::uint8_t, 16> id;
    std::memcpy(id.data(), bytes, id.size());
    return id;
}

class libpq_documents : public subject {
public:
    explicit libpq_documents(const std::string& conninfo) : subject("libpq-documents"), connection_(conninfo) {
        connection_.prepare("documents", documents_sql);
    }

    void run(std::size_t queries) override {
        const auto view = [](const document& d) { return document_view{d.price.to_double(), d.id, d.tags, d.content}; };
        for (; queries != 0; --queries) {
            const auto all = documents();
            check(all.size(), view(all.front()), view(all.back()));
        }
    }

private:
    std::vector<document> documents() {
        const libpq_result r(PQexecPrepared(connection_.get(), "documents", 0, nullptr, nullptr, nullptr, 1));
        if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
            connection_.fail();
        }
        const PGresult* p = r.get();
        const int rows = PQntuples(p);
        std::vector<document> all;
        all.reserve(static_cast<std::size_t>(rows));
        for (int row = 0; row != rows; ++row) {
            all.push_back({
                .price = read_decimal(PQgetvalue(p, row, 0)),
                .id = read_uuid(PQgetvalue(p, row, 1)),
                .tags = read_array(PQgetvalue(p, row, 2)),
                // Behind the version number.
                .content = std::string(PQgetvalue(p, row, 3) + 1, static_cast<std::size_t>(PQgetlength(p, row, 3) - 1)),
            });
        }
        return all;
    }

    libpq connection_;
};

} // namespace

std::unique_ptr<subject> make_libpq_documents(const std::string& conninfo) {
    return std::make_unique<libpq_documents>(conninfo);
}

} // namespace bench
