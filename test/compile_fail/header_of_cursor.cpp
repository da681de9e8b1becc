// SPDX-License-Identifier: BSL-1.0
// A cursor without its header.
// expect: incomplete type.*pgcoro::cursor<

#include <pgcoro/transaction.hpp>
#include <pgcoro/types/integer.hpp>
#ifdef PGCORO_CONTROL
#include <pgcoro/cursor.hpp>
#endif

void run(pgcoro::transaction& tx) {
    auto c = tx.cursor<int>("select 1");
    static_cast<void>(c.fetch());
}
