// SPDX-License-Identifier: BSL-1.0
// Types that are not built in: each session asks its server for their numbers, when values to be sent need them and when
// results have types it does not know.
//
//   values:  waiting_ -> the lookup goes first, everything else stays behind it -> numbers are filled in -> sent
//   results: in_flight_ -> answered, but unreadable -> unread_ -> the lookup -> asking_ -> read -> completed_
#include "wire/session.hpp"
#include "wire/type_lookup.hpp"

namespace pgcoro::wire {

/// Whether what waits first can be sent now.
bool session::front_has_types() {
    while (!waiting_.empty() && waiting_.front()->needs_types) {
        if (is_looking_up_) {
            return false;
        }
        request& r = *waiting_.front();
        error failure = r.fill_in(*types_);
        if (!failure) {
            r.needs_types = false;
            r.needs_care = r.scope != nullptr;
        } else if (!r.asked_types) {
            r.asked_types = true;
            look_up_types(); // which is now first
        } else {
            waiting_.take_front();
            complete(r, (lookup_failure_ ? lookup_failure_ : failure).with(error::nothing_sent));
            run_completions_later();
        }
    }
    return !waiting_.empty();
}

/// Of a request that is answered.
void session::read_later(request& r) {
    if (r.has_more_rows()) {
        read_rows_later(r);
        return;
    }
    r.at = request::stage::reading;
    unread_.push_back(r);
    if (!is_looking_up_) {
        look_up_types();
        run_completions_later(); // and send it, if this was read while sending
    }
}

/// Asks for all types that are needed now.
void session::look_up_types() {
    std::vector<std::string_view> names;
    if (request* r = waiting_.front(); r && r->needs_types) {
        for (std::size_t step = 0, steps = r->steps(); step < steps; ++step) {
            for (const auto name : r->values(step).named_types()) {
                names.push_back(name);
            }
        }
    }
    std::vector<oid_number> numbers;
    asking_.append(unread_);
    for (const request* r = asking_.front(); r; r = r->next) {
        r->unknown_types(numbers);
    }
    if (!lookup_) {
        lookup_ = std::make_unique<type_lookup>([this] { take_types(); });
    }
    is_looking_up_ = true;
    lookup_->ask(names, numbers);
    request_list first;
    first.push_back(*lookup_);
    waiting_.prepend(first);
    ++load_;
}

/// The server has told, or the lookup has failed.
void session::take_types() {
    is_looking_up_ = false;
    lookup_failure_ = std::move(lookup_->outcome);
    if (!lookup_failure_) {
        types_ = std::make_shared<const detail::type_catalogue>(*types_, lookup_->take_types());
    }
    while (request* r = asking_.pop_front()) {
        try {
            if (!lookup_failure_) {
                r->look_again(types_);
            }
        } catch (...) {
            const error why(errc::connection_lost, "the connection was closed because reading a result threw an exception");
            complete(*r, why.with(error::lost).with(error::in_doubt));
            lose(why);
            throw;
        }
        if (r->has_more_rows()) {
            r->has_unread = false; // no more types can be told
            read_rows_later(*r);
            continue;
        }
        complete(*r);
    }
    if (!unread_.empty() && !closed_) {
        look_up_types();
    }
}

} // namespace pgcoro::wire
