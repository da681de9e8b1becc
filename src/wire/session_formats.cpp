// SPDX-License-Identifier: BSL-1.0
// The format rows are asked for in. libpq has one for all columns of a statement: binary, unless a column's type has no binary
// output. That is known when a statement has failed for it, which is then sent again, or, in a transaction, when the server
// has described it.
#include "libpq/server_error.hpp"
#include "statement/sql_command.hpp"
#include "wire/description.hpp"
#include "wire/session_inline.hpp"

#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/rowset.hpp>

#include <span>
#include <string_view>

namespace pgcoro::wire {
namespace {

using detail::rows_wanted;

/// A statement that leaves tables and types as they are: what stands behind it in a batch can be described before it has run.
bool leaves_types_alone(std::string_view sql) noexcept {
    return detail::is_word(first_word(sql), "select", "insert", "update", "delete");
}

bool may_copy(const request& r) noexcept { return r.is_stream && static_cast<const detail::stream_request&>(r).may_copy(); }

bool is_row_stream(const request& r) noexcept { return detail::stream_kind(r) == detail::stream_request::kind::rows; }

} // namespace

/// Of a statement that is not prepared.
int session::unnamed_format(const statement_text& text, const parameters& values) const {
    if (text.wanted() == rows_wanted::none) {
        return text_format;
    }
    return !formats_.unnamed.empty() &&
                   formats_.unnamed.find(text.view(), std::span(values.oids(), values.size())) == text_format
               ? text_format
               : binary_format;
}

/// `s` is the cache's entry, or null if the statement is sent unnamed.
void session::remember_format(prepared_statement* s, const statement_text& text, std::span<const unsigned> types, int format) {
    if (s) {
        s->is_described = true;
        s->formats.fill(static_cast<std::uint8_t>(format));
        s->formats[static_cast<std::size_t>(rows_wanted::none)] = text_format;
    } else {
        formats_.unnamed.remember(text.view(), types, format);
    }
}

/// Of the request at the head.
bool session::asks_for_rows(std::size_t step) const noexcept {
    const request& r = *queues_.in_flight.front();
    return step < r.steps() && r.text(step).wanted() != rows_wanted::none;
}

/// The server could not send the rows of a statement in binary. True if it would help to send it again.
bool session::note_lack_of_binary(const request& r, std::size_t step) {
    const auto& text = r.text(step);
    const auto& values = r.values(step);
    prepared_statement* const s = find_prepared(r, text, values);
    const int format = s ? s->formats[static_cast<std::size_t>(text.wanted())] : unnamed_format(text, values);
    const bool is_news = format != text_format;
    if (is_news) {
        remember_format(s, text, std::span(values.oids(), values.size()), text_format);
    }
    return is_news || !r.sent_for_text; // others of the same statement were on their way
}

/// The first statement of a request in a transaction whose rows nothing is known of. Their number if there is none.
std::size_t session::undescribed_step(const request& r) {
    const std::size_t steps = r.steps();
    for (std::size_t step = 0; step < steps && (step == 0 || leaves_types_alone(r.text(step - 1).view())); ++step) {
        const auto& text = r.text(step);
        const auto& values = r.values(step);
        // Types that are unknown when the rows of a stream come cannot be asked for any more.
        if (text.wanted() == rows_wanted::any || is_row_stream(r)) {
            if (may_copy(r) && !r.asked_description) {
                return step;
            }
            const prepared_statement* const s = find_prepared(r, text, values);
            if (s ? !s->is_described : formats_.unnamed.find(text.view(), std::span(values.oids(), values.size())) == -1) {
                return step;
            }
        }
    }
    return steps;
}

/// Asks for the description of what waits first, and puts the question before it. False if the session is over.
bool session::ask_for_description(request& r, std::size_t step) {
    const auto& text = r.text(step);
    const auto& values = r.values(step);
    if (!send_limit(r)) { // the question may wait for a lock, and as long as the statement itself
        return false;
    }
    if (!formats_.description) {
        formats_.description = std::make_unique<description>([this] { on_description(); });
    }
    formats_.description->ask(text, {values.oids(), values.oids() + values.size()}, r.goes_unnamed);
    r.asked_description = formats_.is_describing = true;
    formats_.asked_by = &r;
    request_list first;
    first.push_back(*formats_.description);
    queues_.waiting.prepend(first);
    ++queues_.unfinished;
    if (!(sending_.pipelined || set_pipelined(true)) || !send_closes() || !send_describe(text, values)) {
        sending_failed();
        return false;
    }
    return true;
}

/// Always of the unnamed statement: a name would be known to this server of a pooler, and the next may serve the statement.
bool session::send_describe(const statement_text& text, const parameters& values) {
    sending_.unflushed += text.size() + 128;
    expected_.push(command::describe);
    expected_.push(command::describe);
    return PQsendPrepare(libpq(), "", text.data(), static_cast<int>(values.size()), values.oids()) == 1 &&
           PQsendDescribePrepared(libpq(), "") == 1;
}

/// The server has told, or could not.
void session::on_description() {
    formats_.is_describing = false;
    formats_.failure = std::move(formats_.description->outcome);
    if (!std::exchange(formats_.asked_by, nullptr)) {
        formats_.failure = {}; // it was stopped, as nobody needs it any more: it tells nothing
        return;
    }
    if (!formats_.failure && !gate_.closed) {
        const int format = formats_.description->needs_text() ? text_format : binary_format;
        const auto& text = formats_.description->text();
        const auto& types = formats_.description->types();
        const bool has_name = text.is_static() && naming_.uses_names() && !formats_.description->goes_unnamed();
        prepared_statement* const s = has_name ? cache_.use(text, types) : nullptr;
        remember_format(s, text, types, format);
    }
}

/// What waits was given up. Its description, which may wait for a lock, is given up with it. True if that makes a transaction
/// fail.
bool session::stop_describing(const request& r, const error& why) noexcept {
    if (formats_.asked_by != &r) {
        return false;
    }
    formats_.asked_by = nullptr;
    const bool is_in_transaction = transaction_.open;
    cancel(*formats_.description, why);
    return is_in_transaction;
}

/// Of a query whose columns have been described: its rows come by a COPY, unless one of them cannot be had in binary.
error session::make_copy_of(detail::stream_request& query) {
    if (auto* const d = formats_.description.get(); d && d->text().view() == query.text(0).view() && !d->needs_text()) {
        if (auto columns = d->take_result()) {
            return query.copy_instead(rowset(std::move(columns), types_));
        }
    }
    return {};
}

/// Sees to it that the rows of what waits first, in a transaction, are asked for in a format they can be had in.
session::described session::describe(request& r) {
    if (formats_.is_describing) {
        return described::later;
    }
    if (r.role != request::part::statement || r.goes_undescribed) {
        return described::yes;
    }
    if (r.asked_description && formats_.failure) {
        return described::failed;
    }
    const std::size_t step = undescribed_step(r);
    if (step == r.steps()) {
        error misfit = may_copy(r) ? make_copy_of(static_cast<detail::stream_request&>(r)) : error();
        if (!misfit) {
            return described::yes;
        }
        formats_.failure = std::move(misfit);
        return described::failed;
    }
    return ask_for_description(r, step) ? described::asks : described::later;
}

/// What the server says of a type without binary output, with what can be done about it.
error without_binary_output(const error& e) {
    boost::intrusive_ptr<detail::error_details> d(new detail::error_details);
    d->code = errc::type_mismatch;
    d->message = e.message() + ": cast the column to text (::text) and read std::string";
    d->severity = e.severity();
    d->routine = e.routine();
    d->statement = e.statement();
    return error(boost::intrusive_ptr<const detail::error_details>(d));
}

/// Raised when a row was to be sent: of a column, of an array's elements, of a range's bounds. What a function of the user's
/// has raised has a context.
bool lacks_binary_output(const error& e) noexcept {
    const auto routine = e.routine();
    return e == sqlstate::undefined_function && e.context().empty() &&
           (routine == "getTypeBinaryOutputInfo" || routine == "array_send" || routine == "get_range_io_data" ||
            routine == "get_multirange_io_data");
}

} // namespace pgcoro::wire
