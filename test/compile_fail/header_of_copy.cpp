// SPDX-License-Identifier: BSL-1.0
// A COPY without its header.
// expect: pgcoro: this function needs a header besides <pgcoro/pgcoro.hpp>.*<pgcoro/copy.hpp>

#include <pgcoro/connection.hpp>
#ifdef PGCORO_CONTROL
#include <pgcoro/copy.hpp>
#endif

pgcoro::task<> copy(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy products from stdin"));
    BOOST_OUTCOME_CO_TRY(co_await writer.finish());
    co_return pgcoro::success();
}
