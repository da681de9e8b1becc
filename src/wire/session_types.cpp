// SPDX-License-Identifier: BSL-1.0
// Types that are not built in: each session asks its server for their numbers, when values to be sent need them and when
// results have types it does not know.
//
//   values:  queues_.waiting -> the lookup goes first, everything else stays behind it -> numbers are filled in -> sent
//   results: queues_.in_flight -> answered, but unreadable -> resolution_.unread -> the lookup -> resolution_.asking -> read ->
//   queues_.completed
//
// What is in a composite can be seen only once its type is known, and may ask for more: then there is a second lookup.
//
// What a type's number stands for is remembered. Which type a name means is forgotten when the search_path or the role may have
// changed, and asked again where it is needed.
#include "statement/setting_text.hpp"
#include "wire/session.hpp"
#include "wire/type_lookup.hpp"

#include <utility>

namespace pgcoro::wire {

/// Whether what waits first can be sent now.
bool session::front_has_types() {
    while (!queues_.waiting.empty() && queues_.waiting.front()->needs_types) {
        if (resolution_.is_looking_up) {
            return false;
        }
        if (!queues_.waiting.front()->asked_types && (std::exchange(resolution_.names_may_change, false) || has_new_path())) {
            forget_names();
        }
        request& r = *queues_.waiting.front();
        error failure = r.fill_in(*types_);
        if (!failure) {
            r.needs_types = false; // what else it needs care for may be still to come
        } else if (!r.asked_types) {
            r.asked_types = true;
            look_up_types(); // which is now first
        } else {
            queues_.waiting.take_front();
            complete(r, (resolution_.failure ? resolution_.failure : failure).with(error::nothing_sent));
            run_completions_later();
        }
    }
    return !queues_.waiting.empty();
}

/// Of a request that is answered.
void session::read_later(request& r) {
    if (r.has_more_rows()) {
        read_rows_later(r);
        return;
    }
    r.at = request::stage::reading;
    resolution_.unread.push_back(r);
    if (!resolution_.is_looking_up) {
        look_up_types();
        run_completions_later(); // and send it, if this was read while sending
    }
}

/// Asks for all types that are needed now.
void session::look_up_types() {
    detail::wanted_types wanted;
    if (request* r = queues_.waiting.front(); r && r->needs_types) {
        for (std::size_t step = 0, steps = r->steps(); step < steps; ++step) {
            for (const auto name : r->values(step).named_types()) {
                wanted.names.push_back(name);
            }
        }
    }
    resolution_.asking.append(resolution_.unread);
    for (const request* r = resolution_.asking.front(); r; r = r->next) {
        r->unknown_types(wanted);
    }
    if (!resolution_.lookup) {
        resolution_.lookup = std::make_unique<type_lookup>([this] { on_types(); });
    }
    resolution_.is_looking_up = true;
    resolution_.names_may_change = resolution_.is_outdated = false;
    resolution_.lookup->ask(wanted);
    resolution_.lookup->needs_care = options_.tells_deadlines; // the deadline of what was sent last is not its own
    request_list first;
    first.push_back(*resolution_.lookup);
    queues_.waiting.prepend(first);
    ++queues_.unfinished;
}

/// The server has told, or the lookup has failed.
void session::on_types() {
    resolution_.is_looking_up = false;
    resolution_.failure = std::move(resolution_.lookup->outcome);
    auto learned = types_;
    if (!resolution_.failure) {
        learned = types_ = std::make_shared<const detail::type_catalogue>(*types_, resolution_.lookup->take_types());
        if (auto objects = resolution_.lookup->take_objects(); !objects.empty()) {
            learned = std::make_shared<const detail::type_catalogue>(types_->with_objects(std::move(objects)));
        }
        static_cast<void>(has_new_path()); // the one they were found by
    }
    while (request* r = resolution_.asking.pop_front()) {
        try {
            if (!resolution_.failure && r->look_again(learned) && !r->asked_twice) {
                r->asked_twice = true;
                resolution_.unread.push_back(*r);
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
    if (resolution_.is_outdated) {
        forget_names();
    }
    if (!resolution_.unread.empty() && !gate_.closed) {
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
    const request& r = *queues_.in_flight.front();
    if (head_.step >= r.steps() || !sets_meaning(r.text(head_.step).view())) {
        return;
    }
    const auto sql = r.text(head_.step).view();
    forget_names();
    if (transaction_.open) {
        note_local_setting(sql);
    } else if (settings_.outside_transaction(sql)) {
        cache_.renew_all();
    }
}

/// Until the transaction is over its statements have no names: next to what was set they may mean something else than they do
/// elsewhere, and going back and forth between names would gain nothing.
void session::note_local_setting(std::string_view sql) {
    settings_.in_transaction(sql);
    naming_.suspend();
}

void session::forget_local_settings() {
    naming_.resume();
    if (settings_.transaction_ended()) {
        cache_.renew_all();
    }
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
        note_local_setting(text.view());
        resolution_.names_may_change = true;
        resolution_.is_outdated = resolution_.is_looking_up;
    }
}

/// From version 18 on, servers report their search_path unasked, also when a function has set it.
bool session::has_new_path() {
    const char* const path = server_.version >= 180000 ? PQparameterStatus(libpq(), "search_path") : nullptr;
    if (!path || path == resolution_.reported_path) {
        return false;
    }
    resolution_.reported_path = path;
    return true;
}

} // namespace pgcoro::wire
