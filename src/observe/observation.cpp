// SPDX-License-Identifier: BSL-1.0
#include "observe/observation.hpp"

#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/result_view.hpp>

#include <libpq-fe.h>

#include <new>
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

observation& observation::make(request& r) {
    static_assert(sizeof(observation) <= block_pool::block_size);
    auto* const made = ::new (::operator new(block_pool::block_size)) observation(r);
    made->stand_before(r);
    return *made;
}

void observation::name(request& r, std::string_view text) {
    (r.is_observed ? of(r) : make(r)).name_ = std::make_unique<const std::string>(text);
}

observation& observation::begin(request_target& target, request& r) noexcept {
    observation& o = r.is_observed ? of(r) : make(r);
    return o.has_begun() ? o : o.begin(target);
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
    ended_ = clock::now();
    tell([this](observer& who) { who.on_progress(*this); });
}

[[gnu::always_inline]] inline lender* observation::leave(request& r) noexcept {
    lender* const next = behind;
    request_target* const from = target_;
    r.is_observed = false;
    this->~observation();
    from ? from->blocks().release(this) : ::operator delete(static_cast<void*>(this));
    return next;
}

/// The request is over for its caller; and then so is this.
[[gnu::always_inline]] inline lender* observation::end(request& r) noexcept {
    if (has_begun()) {
        ended_ = clock::now();
        for (time_point* const at : {&reached_, &sent_}) {
            if (*at == time_point()) {
                *at = ended_;
            }
        }
        tell([this](observer& who) { who.on_statement_end(*this); });
    }
    return leave(r);
}

[[gnu::hot]] void observation::over(request& r) noexcept {
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
    if (has_begun()) {
        tell([this](observer& who) { who.on_statement_drop(*this); });
    }
    target_ = nullptr; // which may be about to end
    if (lender* const next = leave(r)) {
        next->dropped(r);
    }
}

} // namespace pgcoro::detail
