// SPDX-License-Identifier: BSL-1.0
// Transactions as their owners hold them.
#include <pgcoro/connection.hpp>
#include <pgcoro/transaction.hpp>

#include "base/loop_handler.hpp"
#include "transaction/end_call.hpp"
#include "transaction/transaction_access.hpp"
#include "wire/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace pgcoro {
namespace {

namespace asio = boost::asio;

wire::session& engine(const detail::transaction_scope& s) noexcept { return static_cast<wire::session&>(s.engine); }

void drop(std::shared_ptr<detail::transaction_scope> s) noexcept {
    if (!s) {
        return;
    }
    if (s->owner->where().runs_here()) {
        s->tell_guests();
        engine(*s).abandon_transaction(std::move(s));
        return;
    }
    const auto executor = s->owner->where().executor();
    // A loop that ends first must leave nobody who knows of the transaction.
    std::shared_ptr<wire::session> real(s, &engine(*s));
    asio::dispatch(executor, loop_handler(std::move(real), [s = std::move(s)](wire::session& there) mutable {
                       s->tell_guests();
                       there.abandon_transaction(std::move(s));
                   }));
}

/// Opens a scope. Sends nothing.
class begin_call final : public detail::call<transaction> {
public:
    explicit begin_call(std::shared_ptr<detail::transaction_scope> s) noexcept
        : call(&s->owner->where()), scope_(std::move(s)) {}

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override { cancelled_ = true; }

private:
    using owner = std::unique_ptr<begin_call, detail::destroy_call>;

    void begin() noexcept override {
        asio::post(bound_->executor(), [self = owner(this)]() mutable {
            auto& c = *self.release();
            c.complete(c.enter());
        });
    }

    result<transaction> enter() {
        if (cancelled_ || deadline() <= clock::now()) {
            return (cancelled_ ? detail::aborted() : error(errc::timed_out)).with(error::nothing_sent);
        }
        return detail::transaction_access::enter(std::move(scope_));
    }

    std::shared_ptr<detail::transaction_scope> scope_;
    bool cancelled_ = false;
};

} // namespace

namespace detail {

operation<transaction> transaction_access::begin(std::shared_ptr<transaction_scope> s) {
    return operation<transaction>(call_ptr<transaction>(new begin_call(std::move(s))));
}

operation<transaction> transaction_access::refuse(errc why) { return operation<transaction>(failed<transaction>(why)); }

result<transaction> transaction_access::enter(std::shared_ptr<transaction_scope> s, std::shared_ptr<void> lease) {
    const bool is_borrowed = s->owner.get() != &s->engine;
    if (is_borrowed && !s->owner->is_open()) {
        return error(errc::connection_closed).with(error::nothing_sent); // it was given back meanwhile
    }
    if (error failure = engine(*s).enter(*s)) {
        return failure.with(error::nothing_sent);
    }
    return transaction(std::move(s), std::move(lease));
}

} // namespace detail

transaction& transaction::operator=(transaction&& other) noexcept {
    drop(std::exchange(scope_, std::move(other.scope_)));
    lease_ = std::move(other.lease_); // behind the ROLLBACK
    return *this;
}

transaction::~transaction() { drop(std::move(scope_)); }

operation<void> transaction::commit() { return operation<void>(detail::end_call::make_ending(scope_, true)); }
operation<void> transaction::rollback() { return operation<void>(detail::end_call::make_ending(scope_, false)); }

operation<transaction> transaction::begin() {
    if (!scope_) {
        return detail::transaction_access::refuse(errc::transaction_over);
    }
    auto s = std::make_shared<detail::transaction_scope>(scope_);
    s->expires = scope_->expires;
    return detail::transaction_access::begin(std::move(s));
}

bool transaction::is_open() const noexcept {
    return scope_ && scope_->at != detail::transaction_scope::phase::over && engine(*scope_).is_open();
}

std::optional<transaction_id> transaction::id() const noexcept {
    if (!scope_ || !scope_->id) {
        return std::nullopt;
    }
    return transaction_id(*scope_->id);
}

transaction::executor_type transaction::get_executor() const noexcept { return scope_->owner->where().executor(); }

operation<transaction> connection::begin(transaction_options options) {
    if (!session_) {
        return detail::transaction_access::refuse(errc::connection_closed);
    }
    return detail::transaction_access::begin(std::make_shared<detail::transaction_scope>(session_, *session_, options));
}

} // namespace pgcoro
