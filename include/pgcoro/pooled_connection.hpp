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

/// A connection that its borrower has exclusively. The destructor gives it back.
///
/// After that, it is made ready for the next borrower in the background: an open transaction is rolled back, and the session is
/// cleaned as `pool_options::reset` says. Statements still in flight run to their end, and the pool waits for them.
///
/// It is bound to one physical session. Once that is lost, or given back, every statement fails; operations that were made
/// before and are started afterwards fail with `errc::connection_closed`.
///
/// Lifetimes: it may outlive the pool; it is then closed when it is given back.
/// Thread safety: that of a `connection`. It may be destroyed on any thread from which the pool may be used.
class pooled_connection : public queries<pooled_connection> {
public:
    using executor_type = connection::executor_type;

    /// Belongs to no pool: every statement fails with `errc::connection_closed`.
    pooled_connection() noexcept = default;
    pooled_connection(pooled_connection&& other) noexcept;
    pooled_connection& operator=(pooled_connection&& other) noexcept;
    ~pooled_connection();

    /// Gives the connection back now. Further calls do nothing.
    void release() noexcept;
    /// Gives the connection back to be closed: for a session that was changed in a way the pool cannot undo.
    void discard() noexcept;

    /// Begins a transaction (see <pgcoro/transaction.hpp>). It is over when the connection is given back.
    operation<transaction> begin(transaction_options options = {});
    /// Makes one round trip without a statement. Completes after all statements started before.
    operation<void> ping();

    /// False once it is given back or its session is lost.
    bool is_open() const noexcept;
    /// Whether a transaction is open, as of the server's last response. On the executor only.
    pgcoro::transaction_status transaction_status() const noexcept;
    /// Same as those of a `connection`.
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
