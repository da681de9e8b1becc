// SPDX-License-Identifier: BSL-1.0
// Lets connections and pools make transactions.
#pragma once

#include <pgcoro/transaction.hpp>

#include <memory>

namespace pgcoro::detail {

struct transaction_access {
    /// An operation that opens `s`, and one that does not.
    static operation<transaction> begin(std::shared_ptr<transaction_scope> s);
    static operation<transaction> refuse(errc why);
    /// Opens `s`, on its executor. `lease` is let go when the handle is.
    static result<transaction> enter(std::shared_ptr<transaction_scope> s, std::shared_ptr<void> lease = nullptr);

    static transaction_scope& scope(transaction& tx) noexcept { return *tx.scope_; }
};

} // namespace pgcoro::detail
