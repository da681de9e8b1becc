// SPDX-License-Identifier: BSL-1.0
// The entries of a query log, made from the events that observers see.
#pragma once

#include <pgcoro/observer.hpp>
#include <pgcoro/query_log_options.hpp>

namespace pgcoro::observers {

query_log_entry entry_of(const statement_event& e, query_log_outcome outcome, const query_log_options& options);
query_log_entry entry_of(const connect_event& e, const query_log_options& options);
query_log_entry entry_of(const disconnect_event& e, const query_log_options& options);
query_log_entry entry_of(const transaction_event& e, const query_log_options& options);

/// The name of an error's condition. It says nothing about the statement or its values.
std::string class_of(const error& e);

} // namespace pgcoro::observers
