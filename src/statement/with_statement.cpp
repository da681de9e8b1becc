// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/detail/request.hpp>

#include <new>
#include <string_view>
#include <utility>

namespace pgcoro::detail {
namespace {

/// Nothing if it has several texts and the error does not say which of them.
std::string_view statement_of(const error& e, const request& r) noexcept {
    const std::size_t step = r.steps() == 1 ? 0 : e.item().value_or(r.steps());
    return step < r.steps() ? r.text(step).view() : std::string_view();
}

} // namespace

error with_statement(error e, const request& r) noexcept {
    const auto statement = e.statement().empty() ? statement_of(e, r) : std::string_view();
    if (statement.empty()) {
        return e;
    }
    try {
        auto details = error_access::copy(e);
        details->statement = statement;
        return error(boost::intrusive_ptr<const error_details>(details.release()));
    } catch (const std::bad_alloc&) {
        return e;
    }
}

} // namespace pgcoro::detail
