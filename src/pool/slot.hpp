// SPDX-License-Identifier: BSL-1.0
// A connection of a pool, and what the pool knows of its use.
#pragma once

#include "pool/pool_core.hpp"
#include "pool/session_traces.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/detail/request.hpp>

#include <optional>
#include <source_location>

namespace pgcoro::pooling {

class pool_session;
class lease;

struct slot final : member, detail::lender {
    slot(pool_session& owner, connection&& c) : pool(owner), conn(std::move(c)) {}

    // As the lender of single statements.
    void over(detail::request& r) noexcept override;
    void given_up(detail::request& r) noexcept override;
    void cancel(detail::request& r, error why) noexcept override;

    pool_session& pool;
    connection conn;
    traces left = traces::none;
    bool unsettled = false; // it came back with statements in flight
    lease* borrowed = nullptr;
    std::optional<std::source_location> where; // it was borrowed
};

/// A caller that waits for a connection, as the pool sees it. It is told once, and never from inside its own call.
struct borrower : waiter {
    virtual void lent(slot& s) noexcept = 0;
    virtual void refused(error why) noexcept = 0;
    /// His executor is being destroyed.
    virtual void dropped() noexcept = 0;
    virtual std::optional<std::source_location> where() const noexcept { return std::nullopt; }

protected:
    ~borrower() = default;
};

} // namespace pgcoro::pooling
