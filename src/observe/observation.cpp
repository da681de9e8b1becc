// SPDX-License-Identifier: BSL-1.0
#include "observe/observation.hpp"

#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/result_view.hpp>

#include <libpq-fe.h>

#include <memory>
#include <string>
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

observation_pool::~observation_pool() {
    while (spare_) {
        delete std::exchange(spare_, static_cast<observation*>(spare_->behind));
    }
}

/// One that no target has, for its request may be of another thread.
observation& observation::make(request& r) {
    auto* const made = new observation;
    made->stand_before(r);
    return *made;
}

/// The target has none to spare.
[[gnu::noinline]] observation& observation::make_for(request_target& target) {
    auto* const made = new observation;
    made->first_ = target.observers()->first();
    if (auto& pool = target.observations(); pool.made_ != observation_pool::most) {
        ++pool.made_;
        made->pool_ = &pool;
    }
    return *made;
}

void observation::name(request& r, std::string_view text) {
    (r.is_observed ? of(r) : make(r)).name_ = std::make_unique<const std::string>(text);
}

/// `now`: zero if the clock was not read yet.
[[gnu::noinline]] observation& observation::begin(request_target& target, request& r, time_point now) noexcept {
    observation& o = r.is_observed ? of(r) : make(r);
    if (!o.has_begun()) {
        o.first_ = target.observers()->first();
        r.is_special = true;
        o.begin(now == time_point() ? steady_now() : now);
    }
    return o;
}

void observation::count_more(const pg_result* result) noexcept {
    const int rows = PQntuples(result);
    const int columns = PQnfields(result);
    if (columns == 0) {
        rows_ += PQresultStatus(result) == PGRES_COMMAND_OK ? result_view(result).tag().rows_affected() : 0;
        return;
    }
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            bytes_received_ += static_cast<std::uint64_t>(PQgetlength(result, row, column));
        }
    }
}

void observation::tell_progress() noexcept {
    if (!has_begun()) {
        return;
    }
    ended_ = steady_now();
    tell([this](observer& who) { who.on_progress(*this); });
}

[[gnu::always_inline]] inline lender* observation::leave(request& r) noexcept {
    r.is_observed = r.is_special = false; // what still comes is not taken
    if (!pool_) [[unlikely]] {
        return leave_for_good();
    }
    return std::exchange(behind, std::exchange(pool_->spare_, this));
}

[[gnu::noinline]] lender* observation::leave_for_good() noexcept {
    lender* const next = behind;
    delete this;
    return next;
}

/// It was never sent, or has not come to a session.
[[gnu::noinline]] void observation::tell_unsent_end() noexcept {
    if (!has_begun()) {
        return; // it has a name, and nobody observes it
    }
    ended_ = steady_now();
    for (time_point* const at : {&reached_, &sent_}) {
        if (*at == time_point()) {
            *at = ended_;
        }
    }
    tell([this](observer& who) { who.on_statement_end(*this); });
}

/// The request is over for its caller.
[[gnu::always_inline]] inline void observation::tell_end() noexcept {
    if (sent_ == time_point()) [[unlikely]] {
        tell_unsent_end();
    } else {
        ended_ = steady_now(room_);
        tell([this](observer& who) { who.on_statement_end(*this); });
    }
}

// The request is that of this observation, which knows it: then it need not be kept while the clock is read.
[[gnu::hot]] void observation::over(request&) noexcept {
    tell_end();
    request& r = *request_;
    if (lender* const next = leave(r)) {
        next->over(r);
    }
}

void observation::given_up(request&) noexcept {
    tell_end();
    request& r = *request_;
    if (lender* const next = leave(r)) {
        next->given_up(r);
    }
}

void observation::cancel(request& r, error why) noexcept {
    if (behind) {
        behind->cancel(r, std::move(why));
    }
}

void observation::dropped(request& r) noexcept {
    if (has_begun()) {
        tell([this](observer& who) { who.on_statement_drop(*this); });
    }
    pool_ = nullptr; // which may be about to end
    if (lender* const next = leave(r)) {
        next->dropped(r);
    }
}

} // namespace pgcoro::detail
