// SPDX-License-Identifier: BSL-1.0
// Types that are not built in: each session asks its server for their numbers, when values to be sent need them and when
// results have types it does not know.
//
//   values:  waiting_ -> the lookup goes first, everything else stays behind it -> numbers are filled in -> sent
//   results: in_flight_ -> answered, but unreadable -> unread_ -> the lookup -> asking_ -> read -> completed_
//
// What is in a composite can be seen only once its type is known, and may ask for more: then there is a second lookup.
//
// What a type's number stands for is remembered. Which type a name means is forgotten when the search_path or the role may have
// changed, and asked again where it is needed.
#include "wire/session.hpp"
#include "wire/setting_text.hpp"
#include "wire/type_lookup.hpp"

#include <random>
#include <utility>

namespace pgcoro::wire {

/// Whether what waits first can be sent now.
bool session::front_has_types() {
    while (!waiting_.empty() && waiting_.front()->needs_types) {
        if (is_looking_up_) {
            return false;
        }
        if (!waiting_.front()->asked_types && (std::exchange(sets_names_, false) || has_new_path())) {
            forget_names();
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
    detail::wanted_types wanted;
    if (request* r = waiting_.front(); r && r->needs_types) {
        for (std::size_t step = 0, steps = r->steps(); step < steps; ++step) {
            for (const auto name : r->values(step).named_types()) {
                wanted.names.push_back(name);
            }
        }
    }
    asking_.append(unread_);
    for (const request* r = asking_.front(); r; r = r->next) {
        r->unknown_types(wanted);
    }
    if (!lookup_) {
        lookup_ = std::make_unique<type_lookup>([this] { on_types(); });
    }
    is_looking_up_ = true;
    sets_names_ = outdates_lookup_ = false;
    lookup_->ask(wanted);
    request_list first;
    first.push_back(*lookup_);
    waiting_.prepend(first);
    ++load_;
}

/// The server has told, or the lookup has failed.
void session::on_types() {
    is_looking_up_ = false;
    lookup_failure_ = std::move(lookup_->outcome);
    auto learned = types_;
    if (!lookup_failure_) {
        learned = types_ = std::make_shared<const detail::type_catalogue>(*types_, lookup_->take_types());
        if (auto objects = lookup_->take_objects(); !objects.empty()) {
            learned = std::make_shared<const detail::type_catalogue>(types_->with_objects(std::move(objects)));
        }
        static_cast<void>(has_new_path()); // the one they were found by
    }
    while (request* r = asking_.pop_front()) {
        try {
            if (!lookup_failure_ && r->look_again(learned) && !r->asked_twice) {
                r->asked_twice = true;
                unread_.push_back(*r);
                continue;
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
    if (outdates_lookup_) {
        forget_names();
    }
    if (!unread_.empty() && !closed_) {
        look_up_types();
    }
}

/// The search_path or the role may have changed: names without a schema may mean other types than before.
void session::forget_names() {
    if (types_->has_visibility()) {
        types_ = std::make_shared<const detail::type_catalogue>(types_->without_visibility());
    }
}

/// The statement at the head was SET or RESET.
void session::on_setting() {
    const request& r = *in_flight_.front();
    if (result_step_ >= r.steps() || !sets_meaning(r.text(result_step_).view())) {
        return;
    }
    const auto sql = r.text(result_step_).view();
    forget_names();
    if (in_transaction_) {
        begin_local_settings(sql);
        return;
    }
    const auto what = restored_by(sql);
    if (what == restored::none || has_settings_) {
        has_settings_ = what != restored::all;
        outdate_statements();
    }
}

/// Until the transaction is over its statements have no names: next to what was set they may mean something else than they do
/// elsewhere, and going back and forth between names would gain nothing.
void session::begin_local_settings(std::string_view sql) {
    has_local_settings_ = true;
    local_settings_last_ = local_settings_last_ || sets_for_session(sql);
    naming_.suspend();
}

void session::end_local_settings() {
    has_local_settings_ = false;
    naming_.resume();
    if (std::exchange(local_settings_last_, false)) {
        has_settings_ = true;
        outdate_statements();
    }
}

/// Statements that were prepared mean what they meant then, which is not what their texts mean now.
void session::outdate_statements() {
    if (++settings_changes_ == 1) {
        std::random_device random;
        salt_ = std::to_string(random()) + std::to_string(random());
    }
    cache_.renew_all();
}

/// A statement of a transaction is sent next. What it sets goes for the statements behind it, which are perhaps sent before it
/// is answered, and ends with the transaction.
void session::note_settings(const request& r) {
    const char* seen = nullptr;
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        if (text.is_stateless() || std::exchange(seen, text.data()) == text.data()) {
            continue; // the rows of execute_many have one text
        }
        if (may_set_meaning(text.view())) {
            forget_names(); // no command tag will say so
        } else if (!sets_meaning(text.view())) {
            continue;
        }
        begin_local_settings(text.view());
        sets_names_ = true;
        outdates_lookup_ = is_looking_up_;
    }
}

/// From version 18 on, servers report their search_path unasked, also when a function has set it.
bool session::has_new_path() {
    const char* const path = server_version_ >= 180000 ? PQparameterStatus(libpq(), "search_path") : nullptr;
    if (!path || path == reported_path_) {
        return false;
    }
    reported_path_ = path;
    return true;
}

} // namespace pgcoro::wire
