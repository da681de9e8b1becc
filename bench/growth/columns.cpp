// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/one_connection.hpp"

#include <pgcoro/pgcoro.hpp>

#include <cstdint>
#include <stdexcept>

namespace bench::growth {
namespace {

constexpr std::size_t rows_of_result = 10;

class columns : public one_connection {
public:
    explicit columns(const std::string& conninfo) : one_connection("columns of a result", conninfo) {}

    void run(std::size_t wanted) override {
        if (wanted != columns_) {
            columns_ = wanted;
            sql_ = "select g";
            for (std::size_t i = 1; i != wanted; ++i) {
                sql_ += ",g";
            }
            sql_ += " from generate_series(1, 10) g";
        }
        finish(read());
    }

private:
    boost::asio::awaitable<void> read() {
        auto got = co_await connection().fetch(pgcoro::unchecked_sql(sql_));
        const pgcoro::rowset& rows = got.value();
        std::int64_t sum = 0;
        for (const auto row : rows) {
            for (std::size_t c = 0; c != columns_; ++c) {
                sum += row[c].as<std::int32_t>().value();
            }
        }
        if (rows.size() != rows_of_result || sum != static_cast<std::int64_t>(columns_ * 55)) {
            throw std::runtime_error("the result is not what was asked for");
        }
    }

    std::string sql_;
    std::size_t columns_ = 0;
};

} // namespace

std::unique_ptr<subject> make_columns(const std::string& conninfo) { return std::make_unique<columns>(conninfo); }

} // namespace bench::growth
