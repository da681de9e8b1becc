// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/cursor_request.hpp>

#include <pgcoro/detail/cursor_state.hpp>

#include <utility>

namespace pgcoro::detail {

void cursor_request::belong_to(std::shared_ptr<cursor_state> s, bool declares) noexcept {
    state_ = std::move(s);
    declares_ = declares;
    set_steps(declares && what_ != kind::declare ? 2 : 1);
}

const statement_text& cursor_request::text_of(std::size_t step) const noexcept {
    return declares_ && step == 0 ? state_->declaration() : text_;
}

const parameters& cursor_request::values_of(std::size_t step) const noexcept {
    return declares_ && step == 0 ? state_->values() : state_->no_values();
}

error cursor_request::fill_in(const type_catalogue& types) { return declares_ ? state_->values().fill_in(types) : error(); }

bool cursor_request::consume(std::size_t step, result_handle& r, const type_catalogue_ptr&) {
    if (is_last(step)) {
        rows_ = result_view(r.get()).tag().rows_affected();
    }
    return false;
}

void cursor_request::finish() {
    if (lent_by) {
        std::exchange(lent_by, nullptr)->over(*this);
    }
    const std::unique_ptr<cursor_request> last(this);
    const auto s = state_;
    std::uint64_t rows = 0;
    if (!outcome && !is_given_up) {
        outcome = take(rows);
        is_unreadable = static_cast<bool>(outcome);
    }
    s->on_over(*this, rows);
}

void cursor_request::abandon() {
    if (lent_by) {
        std::exchange(lent_by, nullptr)->given_up(*this);
    }
    const auto s = state_;
    s->on_abandoned(*this);
}

void cursor_request::drop() noexcept {
    const std::unique_ptr<cursor_request> last(this);
    if (lent_by) {
        std::exchange(lent_by, nullptr)->dropped(*this);
    }
    const auto s = state_;
    s->on_dropped(*this);
}

} // namespace pgcoro::detail
