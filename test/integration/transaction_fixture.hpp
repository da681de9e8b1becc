// SPDX-License-Identifier: BSL-1.0
// A table, and somebody who looks at it from outside.
#pragma once

#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace pgcoro::test {

class transaction_test : public ::testing::Test {
protected:
    transaction_test() { judge_.value("drop table if exists ledger; create table ledger (id int)"); }

    /// How many rows have been committed.
    std::string rows() { return judge_.value("select count(*) from ledger"); }

    /// Runs `body` on a connection whose other end is in the test's hand.
    void with_proxy(const std::function<task<>(connection&, proxy&)>& body);

    libpq_session judge_{shared_server().dsn()};
};

/// Nothing of what happened before is left in the session: it is in no transaction, and takes statements.
task<> expect_clean(connection& c);

} // namespace pgcoro::test
