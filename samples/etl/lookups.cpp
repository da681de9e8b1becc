// SPDX-License-Identifier: BSL-1.0
#include "lookups.hpp"

#include "common/copy_text.hpp"
#include "failure.hpp"
#include "target_table.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>

#include <string>
#include <string_view>

namespace etl {

pgcoro::task<> load_lookup(pgcoro::connection& db, lookup_step& lookup) {
    std::string names;
    for (const std::string& name : lookup.needed()) {
        if (!is_name(name)) {
            co_return fail(failure::bad_pipeline, "\"" + name + "\" is no name of a column");
        }
        names += (names.empty() ? "q." : ", q.") + quote_name(name);
    }
    const pgcoro::unchecked_sql copy("copy (select " + names + " from (" + lookup.query().text + "\n) q) to stdout");
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.copy_out(copy));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto bytes, co_await rows.read()); // whole rows
        std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (text.empty()) {
            co_return pgcoro::success();
        }
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            if (!lookup.add(common::parse_copy_text(text.substr(0, end)))) {
                co_return fail(failure::bad_pipeline, "the lookup has two rows for: " + std::string(text.substr(0, end)));
            }
            text.remove_prefix(end + 1);
        }
    }
}

} // namespace etl
