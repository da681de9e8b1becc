// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/one_connection.hpp"

#include <pgcoro/pgcoro.hpp>

#include <cstdint>
#include <stdexcept>

namespace bench::growth {
namespace {

class parameters : public one_connection {
public:
    explicit parameters(const std::string& conninfo) : one_connection("parameters of a statement", conninfo) {}

    void run(std::size_t wanted) override {
        if (wanted != wanted_) {
            wanted_ = wanted;
            sql_ = "select cardinality(array[$1::int4";
            for (std::size_t i = 2; i <= wanted; ++i) {
                sql_ += ",$" + std::to_string(i);
            }
            sql_ += "])";
        }
        finish(send());
    }

private:
    boost::asio::awaitable<void> send() {
        pgcoro::parameters values;
        for (std::size_t i = 0; i != wanted_; ++i) {
            values.push_back(static_cast<std::int32_t>(i));
        }
        auto got = co_await connection().fetch_one<std::int32_t>(pgcoro::unchecked_sql(sql_), std::move(values));
        if (static_cast<std::size_t>(got.value()) != wanted_) {
            throw std::runtime_error("the server got other parameters");
        }
    }

    std::string sql_;
    std::size_t wanted_ = 0;
};

} // namespace

std::unique_ptr<subject> make_parameters(const std::string& conninfo) { return std::make_unique<parameters>(conninfo); }

} // namespace bench::growth
