// SPDX-License-Identifier: BSL-1.0
// A connection borrowed from a pool.
#pragma once

#include <pgcoro/connection.hpp>

#include <memory>
#include <span>

namespace pgcoro {
namespace detail {
struct pool_access;
}

/// A connection that is yours alone until you give it back, which its destructor does.
///
/// Given back, it is made ready for the next borrower in the background: a transaction that was left open is rolled back, the
/// session is cleaned as `pool_options::reset` says. Statements still in flight then go on, and are waited for.
///
/// It is bound to one physical session. Once that is lost, or given back, every statement fails; operations that were made
/// before and are started afterwards fail with `errc::connection_closed`.
///
/// Lifetimes: it may outlive the pool; then it is closed when it comes back.
/// Thread safety: as a `connection`. It may be destroyed on any thread from which the pool may be used.
class pooled_connection : public queries<pooled_connection> {
public:
    using executor_type = connection::executor_type;

    /// Of no pool: every statement fails with `errc::connection_closed`.
    pooled_connection() noexcept = default;
    pooled_connection(pooled_connection&& other) noexcept;
    pooled_connection& operator=(pooled_connection&& other) noexcept;
    ~pooled_connection();

    /// Gives it back now. Does nothing the second time.
    void release() noexcept;
    /// Gives it back to be closed: for a session that was changed in a way the pool could not undo.
    void discard() noexcept;

    /// Begins a transaction (see <pgcoro/transaction.hpp>). It is over when the connection is given back.
    operation<transaction> begin(transaction_options options = {});
    /// One round trip without a statement, behind all statements started before.
    operation<void> ping();

    /// False once it was given back or its session was lost.
    bool is_open() const noexcept;
    /// Whether a transaction is open, as far as the server has answered. On the executor only.
    pgcoro::transaction_status transaction_status() const noexcept;
    /// As those of a `connection`.
    executor_type get_executor() const noexcept;
    int server_version() const noexcept;
    int backend_pid() const noexcept;
    const std::string& host() const noexcept;
    const std::string& address() const noexcept;
    std::uint16_t port() const noexcept;
    const std::optional<tls_info>& tls() const noexcept;

private:
    friend class queries<pooled_connection>;
    friend struct detail::pool_access;
    explicit pooled_connection(std::shared_ptr<detail::request_target> lease) noexcept;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return lease_; }

    std::shared_ptr<detail::request_target> lease_;
};

} // namespace pgcoro
