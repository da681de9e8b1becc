// SPDX-License-Identifier: BSL-1.0
// What carries the statements of a loader or writer to the server: a session, a pool, a multiplexer or a transaction.
#pragma once

#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/statement_call.hpp>
#include <pgcoro/detail/transaction_scope.hpp>
#include <pgcoro/queries.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

struct carrier_access {
    template <class Derived>
    static const auto& of(const queries<Derived>& db) noexcept {
        return db.carrier();
    }
};

/// A copy keeps what it refers to in memory, but not open.
class batching_carrier {
public:
    template <class Derived>
    explicit batching_carrier(const queries<Derived>& db) noexcept {
        const auto& carrier = carrier_access::of(db);
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(carrier)>, std::shared_ptr<transaction_scope>>) {
            scope_ = carrier;
            refusal_ = errc::transaction_over;
        } else {
            target_ = carrier;
            refusal_ = errc::connection_closed;
        }
    }

    /// Null if there is nothing that could carry anything: `refusal()` is why.
    bound_executor* where() const noexcept { return scope_ ? &scope_->owner->where() : target_ ? &target_->where() : nullptr; }
    errc refusal() const noexcept { return refusal_; }
    /// An error of the server ends all that follows.
    bool is_transaction() const noexcept { return scope_ != nullptr; }

    template <class T>
    call_ptr<T> call(statement_text&& text, decoder<T> decode, parameters&& values) const {
        return scope_ ? statement_call<T>::make(scope_, std::move(text), decode, std::move(values))
                      : statement_call<T>::make(target_, std::move(text), decode, std::move(values));
    }

private:
    std::shared_ptr<request_target> target_;
    std::shared_ptr<transaction_scope> scope_;
    errc refusal_{};
};

} // namespace pgcoro::detail
