// SPDX-License-Identifier: BSL-1.0
// What every subject asks the server: a pgbench account by primary key, a thousand rows of five columns, and a thousand rows of
// types that take more to decode.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr char balance_sql[] = "select abalance from pgbench_accounts where aid = $1";
inline constexpr char items_sql[] = "select id, quantity, price, name, created_at from bench_rows";
/// A query that gives as many rows of five columns as are asked for, without parameters: COPY cannot have any.
std::string many_items_sql(std::size_t rows);
inline constexpr char documents_sql[] = "select price, id, tags, content from bench_documents"; // numeric, uuid, int4[], jsonb

/// PostgreSQL counts microseconds from 2000-01-01.
inline constexpr std::chrono::sys_time<std::chrono::microseconds> postgres_epoch =
    std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

/// A row of `bench_rows`, decoded. Aggregates of this shape are what pgcoro fills, too.
struct item {
    std::int64_t id;
    std::int32_t quantity;
    double price;
    std::string name;
    std::chrono::sys_time<std::chrono::microseconds> created_at;
};

/// A row of `bench_documents`, whatever it was decoded into.
struct document_view {
    double price;
    std::span<const std::uint8_t> id;
    std::span<const std::int32_t> tags;
    std::string_view content;
};

/// Makes and fills `pgbench_accounts` (100 000 accounts, as `pgbench -i` does), `bench_rows` and `bench_documents`, and makes
/// `bench_copied`, which takes rows like those of `bench_rows`, unless they are there.
void create_tables(const std::string& conninfo);

/// Throws unless `items` is what `bench_rows` holds.
void check(const std::vector<item>& items);

/// What a program does with the rows of a stream: it looks at each, and keeps none.
class stream_check {
public:
    void add(const item& i) noexcept {
        ++rows_;
        sum_ += static_cast<std::uint64_t>(i.id) + static_cast<std::uint64_t>(i.quantity) + i.name.size();
    }

    /// Throws unless so many rows came, and something in them.
    void expect(std::size_t rows) const;

private:
    std::size_t rows_ = 0;
    std::uint64_t sum_ = 0;
};

/// Throws unless these are the first and the last of `rows` rows that `bench_documents` holds.
void check(std::size_t rows, const document_view& first, const document_view& last);

/// The accounts to ask for, in an order no cache can foresee, and what their balances must add up to.
class account_sequence {
public:
    static constexpr std::int32_t accounts = 100'000;

    std::int32_t next() noexcept {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        const auto aid = static_cast<std::int32_t>(((state_ >> 32U) * accounts) >> 32U) + 1;
        expected_ += aid % balances;
        return aid;
    }

    void got(std::int32_t balance) noexcept { got_ += balance; }

    /// Throws if the balances that came are not those of the accounts asked for.
    void check() const;

private:
    static constexpr std::int32_t balances = 1'000; // account n holds n modulo this
    friend void create_tables(const std::string& conninfo);

    std::uint64_t state_ = 42;
    std::int64_t expected_ = 0;
    std::int64_t got_ = 0;
};

} // namespace bench
