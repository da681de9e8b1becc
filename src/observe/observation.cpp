// SPDX-License-Identifier: BSL-1.0
#include "observe/observation.hpp"

#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/result_view.hpp>

#include <new>
#include <utility>

namespace pgcoro::detail {

call_kind request::kind_of_call() const noexcept {
    if (role != part::statement) {
        return role == part::commit ? call_kind::commit : call_kind::rollback;
    }
    if (steps() == 0) {
        return call_kind::ping;
    }
    return text(0).wanted() == rows_wanted::none ? call_kind::execute : call_kind::fetch;
}

void name_request(request& r, std::string_view name) { observation::name(r, name); }

observation& observation::make(request& r) {
    static_assert(sizeof(observation) <= block_pool::block_size);
    auto* const made = ::new (::operator new(block_pool::block_size)) observation(r);
    made->behind = std::exchange(r.lent_by, made);
    r.is_observed = true;
    return *made;
}

void observation::name(request& r, std::string_view text) { (r.is_observed ? of(r) : make(r)).name_ = text; }

observation& observation::begin(request_target& target, request& r) noexcept {
    observation* found = r.is_observed ? &of(r) : nullptr;
    if (!found) {
        if (target.where().runs_here()) {
            found = ::new (target.blocks().allocate()) observation(r);
            found->behind = std::exchange(r.lent_by, found);
            r.is_observed = true;
        } else {
            found = &make(r);
        }
    }
    observation& o = *found;
    if (o.has_begun()) {
        return o;
    }
    o.observers_ = target.observers();
    o.target_ = &target;
    o.kind_ = r.kind_of_call();
    o.is_in_transaction_ = r.scope != nullptr;
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        o.bytes_sent_ += r.values(step).byte_size();
    }
    r.is_special = true;
    o.begun_ = clock::now();
    o.tell([&](observer& who) { who.on_statement_begin(o); });
    return o;
}

void observation::reached(const std::shared_ptr<const connection_facts>& session) noexcept {
    connection_ = session;
    if (reached_ == time_point()) {
        reached_ = begun_;
    }
}

void observation::count(const pg_result* result) noexcept {
    const result_view view(result);
    const int rows = view.rows();
    const int columns = view.columns();
    if (columns == 0) {
        rows_ += view.tag().rows_affected();
        return;
    }
    rows_ += static_cast<std::uint64_t>(rows);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            bytes_received_ += static_cast<std::uint64_t>(libpq_value.length(result, row, column));
        }
    }
}

void observation::tell_progress() noexcept {
    ended_ = clock::now();
    tell([this](observer& who) { who.on_progress(*this); });
}

/// Only one of them is called at a time, on this thread.
template <class Tell>
void observation::tell(Tell what) noexcept {
    called_ = 0;
    for (const auto& entry : *observers_) {
        shows_values_ = entry.wants_values;
        what(*entry.who);
        ++called_;
    }
    shows_values_ = false;
    called_ = 0;
}

/// The request is over for its caller; and then so is this.
lender* observation::end(request& r) noexcept {
    if (has_begun()) {
        ended_ = clock::now();
        for (time_point* const at : {&reached_, &sent_}) {
            if (*at == time_point()) {
                *at = ended_;
            }
        }
        failure_ = r.outcome;
        is_retried_ = r.retried || r.sent_for_text;
        tell([this](observer& who) { who.on_statement_end(*this); });
    }
    return leave(r);
}

lender* observation::leave(request& r) noexcept {
    lender* const next = behind;
    request_target* const from = target_;
    r.is_observed = false;
    this->~observation();
    from ? from->blocks().release(this) : ::operator delete(static_cast<void*>(this));
    return next;
}

void observation::over(request& r) noexcept {
    if (lender* const next = end(r)) {
        next->over(r);
    }
}

void observation::given_up(request& r) noexcept {
    if (lender* const next = end(r)) {
        next->given_up(r);
    }
}

void observation::cancel(request& r, error why) noexcept {
    if (behind) {
        behind->cancel(r, std::move(why));
    }
}

void observation::dropped(request& r) noexcept {
    target_ = nullptr; // which may be about to end
    if (lender* const next = leave(r)) {
        next->dropped(r);
    }
}

} // namespace pgcoro::detail
