// SPDX-License-Identifier: BSL-1.0
// The texts of our two error categories.
#include <pgcoro/errc.hpp>
#include <pgcoro/sqlstate.hpp>

namespace pgcoro {
namespace {

class client_error_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "pgcoro"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
        case errc::connection_lost: return "the connection to the server was lost";
        case errc::connection_closed: return "the connection is closed";
        case errc::timed_out: return "the deadline passed";
        case errc::no_rows: return "the statement returned no row";
        case errc::too_many_rows: return "the statement returned more than one row";
        case errc::unexpected_null: return "a column was NULL and its C++ type is not std::optional";
        case errc::type_mismatch: return "the C++ type cannot hold the column's PostgreSQL type";
        case errc::value_out_of_range: return "a value is out of the range of its type";
        case errc::column_count_mismatch: return "the result and the row type differ in the number of columns";
        case errc::no_such_column: return "the result has no such column";
        case errc::ambiguous_column: return "the result has more than one column with that name";
        case errc::malformed_value: return "a value is malformed";
        case errc::value_not_sent: return "the value was not sent";
        case errc::attribute_mismatch: return "the attributes of a composite type differ from those of the C++ type";
        case errc::unknown_label: return "an enum has no such label";
        case errc::unknown_type: return "the server has no such type";
        case errc::invalid_text: return "text contains a NUL character or is not UTF-8";
        case errc::value_too_large: return "a value is too large for PostgreSQL's protocol";
        case errc::too_many_parameters: return "a statement can have at most 65535 parameters";
        case errc::parameter_count_mismatch: return "the number of values differs from the number of placeholders";
        case errc::transaction_rolled_back:
            return "COMMIT was answered with ROLLBACK: an earlier error had aborted the transaction";
        case errc::transaction_open: return "a transaction is open: send statements to it";
        case errc::transaction_over: return "the transaction has ended";
        case errc::transaction_left_open: return "a transaction is open that no statement began";
        case errc::stream_open:
            return "a stream, COPY or script is open on this connection: read it to its end or drop it first";
        case errc::copy_not_supported: return "COPY needs copy_in or copy_out";
        case errc::pool_exhausted: return "too many operations are waiting for a connection of the pool";
        case errc::pool_closed: return "the pool is closed";
        case errc::hook_failed: return "the program's own code failed";
        case errc::not_multiplexable: return "the statement changes the state of its session";
        case errc::overloaded: return "too many statements are waiting";
        case errc::invalid_channel: return "the name of a channel must have 1 to 63 bytes";
        case errc::notifications_not_delivered:
            return "a pooler in between accepts LISTEN but does not deliver notifications: connect to the server itself";
        case errc::no_such_publication: return "the publication does not exist";
        case errc::changes_lost: return "the replication slot is ahead of the consumer: changes are lost to it";
        case errc::invalid_configuration: return "the connection settings are malformed";
        case errc::not_supported_by_libpq: return "the option needs a newer libpq";
        case errc::no_matching_server: return "no server matches target_session_attrs";
        case errc::certificate_pin_mismatch: return "the server's certificate is not the pinned one";
        case errc::connect_failed: return "could not connect";
        case errc::tls_unavailable: return "the server does not offer TLS, which sslmode demands (require if it is not set)";
        case errc::tls_failed: return "the TLS handshake failed";
        case errc::certificate_invalid: return "the server's certificate was refused";
        case errc::authentication_failed: return "authentication failed on the client's side";
        case errc::server_unavailable: return "no PostgreSQL server could be started";
        }
        return "unknown pgcoro error " + std::to_string(value);
    }
};

class sqlstate_error_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "sqlstate"; }

    std::string message(int value) const override {
        const auto state = static_cast<sqlstate>(value);
        const auto name = condition_name(state);
        return name.empty() ? "SQLSTATE " + to_string(state) : std::string(name) + " (SQLSTATE " + to_string(state) + ")";
    }
};

} // namespace

const boost::system::error_category& client_category() noexcept {
    static const client_error_category category;
    return category;
}

const boost::system::error_category& sqlstate_category() noexcept {
    static const sqlstate_error_category category;
    return category;
}

std::string to_string(sqlstate state) {
    std::string text(5, '0');
    int rest = static_cast<int>(state);
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, rest /= 36) {
        *digit = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36];
    }
    return text;
}

std::string_view condition_name(sqlstate state) noexcept {
    switch (state) {
#define PGCORO_SQLSTATE(code, name) \
    case sqlstate::name: return #name;
#include <pgcoro/detail/sqlstates.inc>
#undef PGCORO_SQLSTATE
    }
    return {};
}

} // namespace pgcoro
