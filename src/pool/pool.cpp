// SPDX-License-Identifier: BSL-1.0
// The public faces of pools and of leases.
#include <pgcoro/pool.hpp>

#include "base/call_on_executor.hpp"
#include "pool/lease.hpp"
#include "pool/pool_calls.hpp"
#include "pool/pool_session.hpp"
#include "transaction/transaction_access.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/ping_call.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>

namespace pgcoro {
namespace detail {

struct pool_access {
    static pooled_connection lend(std::shared_ptr<request_target> lease) noexcept {
        return pooled_connection(std::move(lease));
    }
};

} // namespace detail

namespace {

using pooling::lease;
using pooling::pool_session;

std::shared_ptr<pool_session> pool_of(const std::shared_ptr<detail::request_target>& s) noexcept {
    return std::static_pointer_cast<pool_session>(s);
}

lease& lease_of(const std::shared_ptr<detail::request_target>& s) noexcept { return static_cast<lease&>(*s); }

/// What a handle of no connection says of it.
const wire::established& facts(const std::shared_ptr<detail::request_target>& s) noexcept {
    static const wire::established none;
    return s ? static_cast<wire::session&>(*lease_of(s).real()).facts() : none;
}

template <class T, class Call, class... Args>
operation<T> operation_of(std::shared_ptr<pool_session> pool, Args&&... args) {
    using call_ptr = detail::call_ptr<T>;
    if (!pool) {
        return operation<T>(call_ptr(new detail::failed_call<T>(error(errc::pool_closed).with(error::nothing_sent))));
    }
    return operation<T>(call_ptr(new Call(std::move(pool), std::forward<Args>(args)...)));
}

} // namespace

namespace pooling {

void acquire_call::lent(slot& s) noexcept {
    auto lent = detail::pool_access::lend(std::make_shared<lease>(pool_, s));
    complete_soon(std::move(lent));
}

void pool_begin_call::lent(slot& s) noexcept {
    auto borrowed = std::make_shared<lease>(pool_, s);
    auto scope = std::make_shared<detail::transaction_scope>(borrowed, *borrowed->real(), options_);
    auto lent = std::make_shared<pooled_connection>(detail::pool_access::lend(std::move(borrowed)));
    complete_soon(detail::transaction_access::enter(std::move(scope), std::move(lent)));
}

} // namespace pooling

pool::pool(executor_type executor, connect_config config, const pool_options& options)
    : lender_(std::make_shared<pool_session>(options.thread_safe ? boost::asio::make_strand(executor) : executor,
                                             std::move(config), options)) {}
pool::pool(pool&& other) noexcept = default;

pool& pool::operator=(pool&& other) noexcept {
    call_on_executor(pool_of(std::exchange(lender_, std::move(other.lender_))), &pool_session::shut_down);
    return *this;
}

pool::~pool() { call_on_executor(pool_of(std::move(lender_)), &pool_session::shut_down); }

operation<void> pool::open() { return operation_of<void, pooling::open_call>(pool_of(lender_)); }

operation<pooled_connection> pool::acquire(std::source_location where) {
    return operation_of<pooled_connection, pooling::acquire_call>(pool_of(lender_), where);
}

operation<transaction> pool::begin(transaction_options options, std::source_location where) {
    return operation_of<transaction, pooling::pool_begin_call>(pool_of(lender_), options, where);
}

void pool::drain() noexcept { call_on_executor(pool_of(lender_), &pool_session::drain); }

operation<void> pool::close(detail::saturating<std::chrono::milliseconds> grace) {
    return operation_of<void, pooling::close_call>(pool_of(lender_), std::chrono::milliseconds(grace));
}

operation<pool_health> pool::health() { return operation_of<pool_health, pooling::health_call>(pool_of(lender_)); }

operation<pool_statistics> pool::statistics() {
    return operation_of<pool_statistics, pooling::question_call<pool_statistics>>(
        pool_of(lender_), +[](pool_session& e) { return e.statistics(false); });
}

operation<pool_statistics> pool::pop_statistics() {
    return operation_of<pool_statistics, pooling::question_call<pool_statistics>>(
        pool_of(lender_), +[](pool_session& e) { return e.statistics(true); });
}

pool::executor_type pool::get_executor() const noexcept { return lender_->where().executor(); }

pooled_connection::pooled_connection(std::shared_ptr<detail::request_target> lease) noexcept : lease_(std::move(lease)) {}
pooled_connection::pooled_connection(pooled_connection&& other) noexcept = default;

pooled_connection& pooled_connection::operator=(pooled_connection&& other) noexcept {
    call_on_executor(std::static_pointer_cast<lease>(std::exchange(lease_, std::move(other.lease_))), &lease::give_back);
    return *this;
}

pooled_connection::~pooled_connection() { release(); }

void pooled_connection::release() noexcept {
    call_on_executor(std::static_pointer_cast<lease>(std::move(lease_)), &lease::give_back);
}

void pooled_connection::discard() noexcept {
    call_on_executor(std::static_pointer_cast<lease>(std::move(lease_)), &lease::throw_away);
}

operation<transaction> pooled_connection::begin(transaction_options options) {
    if (!lease_) {
        return detail::transaction_access::refuse(errc::connection_closed);
    }
    return detail::transaction_access::begin(
        std::make_shared<detail::transaction_scope>(lease_, *lease_of(lease_).real(), options));
}

operation<void> pooled_connection::ping() { return operation<void>(detail::ping_call::make(lease_)); }

bool pooled_connection::is_open() const noexcept { return lease_ && lease_->is_open(); }
transaction_status pooled_connection::transaction_status() const noexcept {
    return lease_ ? static_cast<wire::session&>(*lease_of(lease_).real()).status() : pgcoro::transaction_status::unknown;
}
pooled_connection::executor_type pooled_connection::get_executor() const noexcept { return lease_->where().executor(); }
int pooled_connection::server_version() const noexcept {
    return lease_ ? static_cast<wire::session&>(*lease_of(lease_).real()).server_version() : 0;
}
int pooled_connection::backend_pid() const noexcept {
    return lease_ ? static_cast<wire::session&>(*lease_of(lease_).real()).backend_pid() : 0;
}
const std::string& pooled_connection::host() const noexcept { return facts(lease_).host; }
const std::string& pooled_connection::address() const noexcept { return facts(lease_).address; }
std::uint16_t pooled_connection::port() const noexcept { return facts(lease_).port; }
const std::optional<tls_info>& pooled_connection::tls() const noexcept { return facts(lease_).tls; }

} // namespace pgcoro
