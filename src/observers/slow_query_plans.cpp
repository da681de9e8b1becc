// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/slow_query_plans.hpp>

#include "observers/explain_commands.hpp"
#include "observers/plan_worker.hpp"

#include <utility>

namespace pgcoro {
namespace {

/// How many different statements a call may have that could be explained.
std::size_t explainable_statements(const statement_event& e) noexcept {
    switch (e.kind()) {
    case call_kind::execute:
    case call_kind::fetch:
    case call_kind::stream:
    case call_kind::execute_many: return e.statements() == 0 ? 0 : 1; // the rows have one text
    case call_kind::batch: return e.statements();
    default: return 0;
    }
}

} // namespace

slow_query_plans::slow_query_plans(boost::asio::any_io_executor executor, connect_config config,
                                   slow_query_plans_options options)
    : worker_(std::make_shared<observers::plan_worker>(std::move(executor), std::move(config), std::move(options))) {}

slow_query_plans::~slow_query_plans() { close(); }

std::vector<slow_query_plan> slow_query_plans::last() const { return worker_->last(); }
std::uint64_t slow_query_plans::skipped() const noexcept { return worker_->skipped(); }

void slow_query_plans::close() noexcept {
    try {
        worker_->close();
    } catch (...) { // NOLINT(bugprone-empty-catch): no memory to wake it up with; it ends when it has been idle
    }
}

void slow_query_plans::on_statement_end(const statement_event& e) noexcept {
    if (e.on_wire() < worker_->options().slow_after) {
        return;
    }
    try {
        for (std::size_t i = 0, all = explainable_statements(e); i < all; ++i) {
            if (observers::can_be_explained(e.sql(i))) {
                worker_->offer({e.name(), e.sql(i), e.fingerprint(i), e.parameter_types(i), e.on_wire()});
            }
        }
    } catch (...) { // NOLINT(bugprone-empty-catch): no memory to remember it in
    }
}

} // namespace pgcoro
