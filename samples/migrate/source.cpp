// SPDX-License-Identifier: BSL-1.0
#include "source.hpp"

#include "failure.hpp"

namespace migrate {

pgcoro::task<table_sums> table_reader::sum_up(const table_plan& plan) {
    BOOST_OUTCOME_CO_TRY(co_await start(plan));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto batch, co_await read());
        if (batch.rows == 0) {
            break;
        }
    }
    auto found = sums();
    if (!found) {
        co_return fail(failure::bad_source, "the source has computed no checksums of " + describe(plan.from->name));
    }
    co_return *std::move(found);
}

pgcoro::task<> source::update_next_values(schema&) { co_return pgcoro::success(); }

} // namespace migrate
