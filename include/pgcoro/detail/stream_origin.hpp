// SPDX-License-Identifier: BSL-1.0
// Where streams run: on a session or a pool, or in a transaction.
#pragma once

#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/stream_request.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

struct stream_origin {
    explicit stream_origin(const std::shared_ptr<request_target>& t) : target(t), missing(errc::connection_closed) {}
    // What keeps the session keeps the transaction, too.
    explicit stream_origin(const std::shared_ptr<transaction_scope>& s)
        : target(s ? std::shared_ptr<request_target>(s, s->owner.get()) : nullptr),
          scope(s.get()),
          missing(errc::transaction_over) {}

    /// A stream of type `State`. There is a target.
    template <class State, class... Args>
    std::shared_ptr<State> make(statement_text&& text, Args&&... args) const {
        auto state = std::make_shared<State>(target, std::move(text), std::forward<Args>(args)...);
        state->scope = scope;
        if (scope) {
            state->limit(scope->expires);
        }
        return state;
    }

    std::shared_ptr<request_target> target;
    transaction_scope* scope = nullptr;
    errc missing; // what it means that there is no target
};

} // namespace pgcoro::detail
