// SPDX-License-Identifier: BSL-1.0
#include "libpq/server_error.hpp"

#include <pgcoro/detail/error_details.hpp>

#include <charconv>

namespace pgcoro::wire {
namespace {

std::string_view trimmed(const char* text) noexcept {
    std::string_view view = text ? text : "";
    while (!view.empty() && (view.back() == '\n' || view.back() == ' ')) {
        view.remove_suffix(1);
    }
    return view;
}

std::string_view field(const PGresult* result, int code) noexcept {
    const char* text = PQresultErrorField(result, code);
    return text ? text : std::string_view();
}

int number(std::string_view digits) noexcept {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

/// libpq has errors of its own, without any field, and notices of its own. A server that leaves the SQLSTATE out, or sends none
/// that is one, breaks the protocol.
bool is_from_the_server(const PGresult* result) noexcept {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) && field(result, PG_DIAG_SEVERITY_NONLOCALIZED) != "NOTICE";
}

} // namespace

error server_error(const PGresult* result, std::string_view statement) {
    auto state = parse_sqlstate(field(result, PG_DIAG_SQLSTATE));
    if (!state && is_from_the_server(result)) {
        state = sqlstate::protocol_violation;
    }
    boost::intrusive_ptr<detail::error_details> d(new detail::error_details);
    if (!state) {
        d->code = errc::connection_lost;
        d->message = trimmed(PQresultErrorMessage(result));
        return error(boost::intrusive_ptr<const detail::error_details>(d));
    }
    d->code = *state;
    d->severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    d->message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    d->detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    d->hint = field(result, PG_DIAG_MESSAGE_HINT);
    d->schema = field(result, PG_DIAG_SCHEMA_NAME);
    d->table = field(result, PG_DIAG_TABLE_NAME);
    d->column = field(result, PG_DIAG_COLUMN_NAME);
    d->data_type = field(result, PG_DIAG_DATATYPE_NAME);
    d->constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    d->context = field(result, PG_DIAG_CONTEXT);
    d->routine = field(result, PG_DIAG_SOURCE_FUNCTION);
    d->position = number(field(result, PG_DIAG_STATEMENT_POSITION));
    d->statement = statement;
    return error(boost::intrusive_ptr<const detail::error_details>(d));
}

error libpq_error(const PGconn* connection) {
    const auto text = trimmed(PQerrorMessage(connection));
    return text.empty() ? error(errc::connection_lost) : error(errc::connection_lost, std::string(text));
}

} // namespace pgcoro::wire
