// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

#include <algorithm>
#include <iterator>

namespace migrate {
namespace {

class failure_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "pgcoro-migrate"; }
    std::string message(int value) const override {
        switch (static_cast<failure>(value)) {
        case failure::wrong_usage: return "wrong usage";
        case failure::bad_source: return "the source cannot be read";
        case failure::cannot_map: return "a column cannot be mapped";
        case failure::bad_value: return "a value does not fit its type";
        case failure::target_not_empty: return "the target is not empty";
        case failure::mixed_snapshots: return "tables come from different snapshots";
        case failure::busy: return "another migration is running";
        case failure::different: return "source and target differ";
        }
        return "unknown failure";
    }
};

} // namespace

boost::system::error_code make_error_code(failure f) noexcept {
    static const failure_category category;
    return {static_cast<int>(f), category};
}

bool is_refusal(const pgcoro::error& why) noexcept {
    using pgcoro::sqlstate;
    const sqlstate state = why.sqlstate();
    if (state == sqlstate::successful_completion || why.connection_lost()) {
        return false;
    }
    if (state == sqlstate::undefined_file) { // an extension or a library that the server does not have
        return true;
    }
    if (state == sqlstate::read_only_sql_transaction) { // a standby, or a server that is set so
        return false;
    }
    const sqlstate of_server[] = {sqlstate::connection_exception, sqlstate::transaction_rollback,
                                  sqlstate::insufficient_resources, sqlstate::operator_intervention, sqlstate::system_error};
    return std::ranges::find(of_server, pgcoro::sqlstate_class(state)) == std::end(of_server);
}

bool is_taken_name(const pgcoro::error& why) noexcept {
    using pgcoro::sqlstate;
    const sqlstate taken[] = {sqlstate::duplicate_table, sqlstate::duplicate_object, sqlstate::duplicate_function};
    return std::ranges::find(taken, why.sqlstate()) != std::end(taken);
}

} // namespace migrate
