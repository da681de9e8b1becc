// SPDX-License-Identifier: BSL-1.0
#include "prometheus/error_table.hpp"

#include "observers/error_type.hpp"

#include <memory>

namespace pgcoro::prometheus {

const error_class& error_table::of(const error& e) {
    if (!e) {
        return none_;
    }
    return classes_.find_or_add([code = e.code()](const error_class& known) { return known.code == code; },
                                [&](bool is_other) {
                                    auto made = std::make_unique<error_class>();
                                    made->code = e.code();
                                    made->labels["error_type"] = is_other ? "_OTHER" : pgcoro::detail::error_type(e);
                                    if (!is_other && e.sqlstate() != sqlstate::successful_completion) {
                                        made->labels["db_response_status_code"] = to_string(e.sqlstate());
                                    }
                                    return made;
                                });
}

} // namespace pgcoro::prometheus
