// SPDX-License-Identifier: BSL-1.0
#include "observers/error_type.hpp"

#include <pgcoro/error.hpp>

#include <boost/asio/error.hpp>

namespace pgcoro::detail {

std::string_view name_of(errc e) noexcept {
    switch (e) {
    case errc::connection_lost: return "connection_lost";
    case errc::connection_closed: return "connection_closed";
    case errc::timed_out: return "timed_out";
    case errc::no_rows: return "no_rows";
    case errc::too_many_rows: return "too_many_rows";
    case errc::unexpected_null: return "unexpected_null";
    case errc::type_mismatch: return "type_mismatch";
    case errc::value_out_of_range: return "value_out_of_range";
    case errc::column_count_mismatch: return "column_count_mismatch";
    case errc::no_such_column: return "no_such_column";
    case errc::ambiguous_column: return "ambiguous_column";
    case errc::malformed_value: return "malformed_value";
    case errc::value_not_sent: return "value_not_sent";
    case errc::attribute_mismatch: return "attribute_mismatch";
    case errc::unknown_label: return "unknown_label";
    case errc::unknown_type: return "unknown_type";
    case errc::invalid_text: return "invalid_text";
    case errc::value_too_large: return "value_too_large";
    case errc::too_many_parameters: return "too_many_parameters";
    case errc::parameter_count_mismatch: return "parameter_count_mismatch";
    case errc::transaction_rolled_back: return "transaction_rolled_back";
    case errc::transaction_open: return "transaction_open";
    case errc::transaction_over: return "transaction_over";
    case errc::transaction_left_open: return "transaction_left_open";
    case errc::stream_open: return "stream_open";
    case errc::copy_not_supported: return "copy_not_supported";
    case errc::pool_exhausted: return "pool_exhausted";
    case errc::pool_closed: return "pool_closed";
    case errc::hook_failed: return "hook_failed";
    case errc::not_multiplexable: return "not_multiplexable";
    case errc::overloaded: return "overloaded";
    case errc::invalid_channel: return "invalid_channel";
    case errc::notifications_not_delivered: return "notifications_not_delivered";
    case errc::no_such_publication: return "no_such_publication";
    case errc::changes_lost: return "changes_lost";
    case errc::invalid_configuration: return "invalid_configuration";
    case errc::not_supported_by_libpq: return "not_supported_by_libpq";
    case errc::no_matching_server: return "no_matching_server";
    case errc::certificate_pin_mismatch: return "certificate_pin_mismatch";
    case errc::connect_failed: return "connect_failed";
    case errc::tls_unavailable: return "tls_unavailable";
    case errc::tls_failed: return "tls_failed";
    case errc::certificate_invalid: return "certificate_invalid";
    case errc::authentication_failed: return "authentication_failed";
    case errc::server_unavailable: return "server_unavailable";
    }
    return "unknown";
}

std::string error_type(const error& e) {
    if (e.sqlstate() != sqlstate::successful_completion) {
        return to_string(e.sqlstate());
    }
    const auto code = e.code();
    if (code.category() == client_category()) {
        return std::string(name_of(static_cast<errc>(code.value())));
    }
    if (code == boost::asio::error::operation_aborted) {
        return "operation_aborted";
    }
    return std::string(code.category().name()) + ":" + std::to_string(code.value());
}

} // namespace pgcoro::detail
