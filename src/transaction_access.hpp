// SPDX-License-Identifier: BSL-1.0
// Lets `begin` make a transaction.
#pragma once

#include <pgcoro/transaction.hpp>

namespace pgcoro::detail {

struct transaction_access {
    static transaction make(std::shared_ptr<transaction_scope> s) noexcept { return transaction(std::move(s)); }
    static transaction_scope& scope(transaction& tx) noexcept { return *tx.scope_; }
};

} // namespace pgcoro::detail
