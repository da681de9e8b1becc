// SPDX-License-Identifier: BSL-1.0
// The query interface, shared by all classes that run SQL.
#pragma once

#include <pgcoro/batch.hpp>
#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/encode_rows.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/notification_limits.hpp>
#include <pgcoro/detail/statement_call.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/rowset.hpp>
#include <pgcoro/sql.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace pgcoro {

class copy_reader; // <pgcoro/copy.hpp>
class copy_target;
class copy_writer;
template <class Row>
class copy_rows_writer; // <pgcoro/copy_rows.hpp>
class dynamic_row;
struct script_result; // <pgcoro/script.hpp>
template <class Row>
class row_stream; // <pgcoro/row_stream.hpp>

namespace detail {

struct carrier_access;

// One statement with many sets of values: src/statement/many_call.cpp.
call_ptr<command_tag> make_many(const std::shared_ptr<request_target>& s, statement_text text, encoded_rows rows);
call_ptr<command_tag> make_many(const std::shared_ptr<transaction_scope>& s, statement_text text, encoded_rows rows);

} // namespace detail

/// The query functions of `Derived`, whose `carrier()` takes requests to the server.
///
/// Common to all of them:
///
/// SQL: a string literal with placeholders `$1`, `$2`, ...; a wrong number of arguments does not compile. Use `unchecked_sql`
/// for text made at run time.
/// Order: statements started on one connection reach the server in that order without waiting for one another (pipelined). Each
/// is a transaction of its own unless one is open.
/// Errors: the server's SQLSTATE; `errc::connection_lost` (see `error::outcome_unknown()`), `errc::connection_closed`; before
/// anything is sent `errc::invalid_text`, `errc::value_too_large`, `errc::value_out_of_range`, `errc::too_many_parameters`,
/// `errc::parameter_count_mismatch`.
/// Lifetimes: arguments are encoded before the function returns.
/// Cancellation: any type. A statement not yet sent is removed (`error::safe_to_retry()`). One in flight is cancelled at the
/// server unless others were sent behind it; its result is discarded, and later statements wait for it (docs/cancellation.md).
/// Thread safety: may be called and started from any thread if the executor is an `io_context` run by one thread, or a strand.
template <class Derived>
class queries {
public:
    /// Runs a statement and gives its command tag; rows are discarded.
    template <class... Args>
    operation<command_tag> execute(sql<Args...> statement, Args&&... args) {
        return start<command_tag>(wanted::none, statement, &detail::decode_tag, std::forward<Args>(args)...);
    }
    template <class... Args>
    operation<command_tag> execute(unchecked_sql statement, Args&&... args) {
        return start<command_tag>(wanted::none, std::move(statement), &detail::decode_tag, std::forward<Args>(args)...);
    }

    /// Runs a statement and gives all its rows: a `rowset`, or with `fetch<Row>` a `std::vector<Row>` (see <pgcoro/row.hpp>).
    ///
    /// Errors: also `errc::type_mismatch`, `errc::column_count_mismatch`, `errc::unexpected_null`, `errc::value_out_of_range`.
    template <class Row = rowset, class... Args>
    operation<typename detail::fetched<Row>::type> fetch(sql<Args...> statement, Args&&... args) {
        return start_rows<Row>(statement, std::forward<Args>(args)...);
    }
    template <class Row = rowset, class... Args>
    operation<typename detail::fetched<Row>::type> fetch(unchecked_sql statement, Args&&... args) {
        return start_rows<Row>(std::move(statement), std::forward<Args>(args)...);
    }

    /// Runs a statement and gives its only row.
    ///
    /// Errors: also those of `fetch`, `errc::no_rows`, `errc::too_many_rows`. The statement has been executed even then.
    template <class Row, class... Args>
    operation<Row> fetch_one(sql<Args...> statement, Args&&... args) {
        return start<Row>(detail::wanted_for_row<Row>(), statement, &detail::decode_single<Row>, std::forward<Args>(args)...);
    }
    template <class Row, class... Args>
    operation<Row> fetch_one(unchecked_sql statement, Args&&... args) {
        return start<Row>(detail::wanted_for_row<Row>(), std::move(statement), &detail::decode_single<Row>,
                          std::forward<Args>(args)...);
    }

    /// Runs a statement and gives its only row, or nothing if it has none.
    ///
    /// Errors: also those of `fetch`, `errc::too_many_rows`. The statement has been executed even then.
    template <class Row, class... Args>
    operation<std::optional<Row>> fetch_optional(sql<Args...> statement, Args&&... args) {
        return start<std::optional<Row>>(detail::wanted_for_row<Row>(), statement, &detail::decode_at_most_one<Row>,
                                         std::forward<Args>(args)...);
    }
    template <class Row, class... Args>
    operation<std::optional<Row>> fetch_optional(unchecked_sql statement, Args&&... args) {
        return start<std::optional<Row>>(detail::wanted_for_row<Row>(), std::move(statement), &detail::decode_at_most_one<Row>,
                                         std::forward<Args>(args)...);
    }

    /// Runs a statement and gives its rows while the server sends them: for results that do not fit into memory. Completes when
    /// the first rows have arrived. Without a `Row`, columns are read by name or position. Needs <pgcoro/row_stream.hpp>.
    ///
    /// A query without parameters is sent as a COPY (query) TO STDOUT in the binary format, which costs client and server less,
    /// unless COPY cannot do it (changing data, a type without binary output) or there is no `Row`.
    ///
    /// Errors: those of `fetch`; `errc::not_multiplexable` on a multiplexer. Errors of the rows are reported when they are
    /// read.
    /// Deadline: limits the opening; see `row_stream` for the rest.
    template <class Row = dynamic_row, class... Args>
    operation<row_stream<Row>> stream(sql<Args...> statement, Args&&... args);
    template <class Row = dynamic_row, class... Args>
    operation<row_stream<Row>> stream(unchecked_sql statement, Args&&... args);

    /// Begins a COPY ... FROM STDIN, or a COPY ... TO STDOUT, which cannot have parameters. Needs <pgcoro/copy.hpp>.
    ///
    /// Errors: the server's; `errc::copy_not_supported` if the statement is not such a COPY; `errc::not_multiplexable` on a
    /// multiplexer. Deadline: limits the opening.
    operation<copy_writer> copy_in(unchecked_sql statement);
    operation<copy_writer> copy_in(sql<> statement) { return copy_in(unchecked_sql(std::string(statement.view()))); }
    operation<copy_reader> copy_out(unchecked_sql statement);
    operation<copy_reader> copy_out(sql<> statement) { return copy_out(unchecked_sql(std::string(statement.view()))); }

    /// Copies rows into a table, in the binary format of COPY: the fastest way. `rows` is a range as for `execute_many`, kept
    /// by reference if it is an lvalue. The columns' types are looked up first, and members that do not fit are refused by
    /// name. Needs <pgcoro/copy_rows.hpp>.
    ///
    /// Errors: those of `copy_in` and of `copy_writer::finish`; before anything is copied `errc::column_count_mismatch` and
    /// `errc::type_mismatch`; for a value that cannot be sent `errc::value_out_of_range` and so on, with its row and column.
    template <class Rows>
    operation<command_tag> copy_in(const copy_target& target, Rows&& rows);
    /// The same for rows that are produced one after the other: gives a writer.
    template <class Row>
    operation<copy_rows_writer<Row>> copy_rows(const copy_target& target);
    /// The same as `stream` of a query without parameters. Needs <pgcoro/row_stream.hpp>.
    template <class Row>
    operation<row_stream<Row>> copy_out(unchecked_sql query) {
        return stream<Row>(std::move(query));
    }
    template <class Row>
    operation<row_stream<Row>> copy_out(sql<> query) {
        return stream<Row>(query);
    }

    /// Runs several statements in one text, such as a schema or a migration: all of them or, after an error, none, unless the
    /// script contains BEGIN and COMMIT. Gives the results in order. Needs <pgcoro/script.hpp>.
    ///
    /// Errors: that of the statement that failed, with its number from 0 in `error::item()`; `position_in` gives line and
    /// column. `errc::invalid_text`, before anything is sent, for psql commands (`\d`) and COPY data.
    /// `errc::transaction_left_open` if the script leaves a transaction open on a connection of a pool; it is then rolled back.
    /// Cancellation: ends the whole script.
    operation<std::vector<script_result>> run_script(std::string script);

    /// Runs one statement for each row of values: all of them or, after an error, none. One round trip, whatever their number.
    ///
    /// `rows` is a range of tuples, pairs, plain structs (their members in order) or, for one placeholder, single values. Gives
    /// the last command tag with the sum of the affected rows. All values are encoded at once and stay in memory until the
    /// statement completes. The error names the row that failed: `error::item()`.
    template <class Range>
    operation<command_tag> execute_many(detail::sql_for_rows<std::type_identity_t<Range>> statement, const Range& rows) {
        return start_many(statement, detail::encode_rows(rows));
    }
    template <class Range>
    operation<command_tag> execute_many(unchecked_sql statement, const Range& rows) {
        return start_many(std::move(statement), detail::encode_rows(rows));
    }

    /// Runs several statements in one round trip and one transaction: all of them or, after an error, none.
    ///
    /// The items are `pgcoro::execute(...)`, `pgcoro::fetch_one<Row>(...)` and so on (see <pgcoro/batch.hpp>).
    /// Errors: the error of the first statement that failed, which `error::item()` names.
    /// A value that cannot be read (`errc::type_mismatch`, `errc::no_rows`, ...) undoes nothing: the server has already
    /// committed.
    template <class... Ts>
    operation<std::tuple<Ts...>> batch(batch_item<Ts>... items) {
        return operation<std::tuple<Ts...>>(detail::batch_call<Ts...>::make(carrier(), std::move(items)...));
    }

    /// Notifies the sessions that listen to `channel` (see <pgcoro/listener.hpp>), when the transaction commits. Equal
    /// notifications of one transaction are sent once.
    ///
    /// Errors: before anything is sent `errc::invalid_channel` (empty, or more than 63 bytes), `errc::value_too_large` (a
    /// payload of more than 7 999 bytes). The server's `program_limit_exceeded` at COMMIT, if a listener has not read for long.
    operation<command_tag> notify(std::string_view channel, std::string_view payload = {}) {
        if (error refusal = detail::check_notification(channel, payload)) {
            return operation<command_tag>(
                detail::call_ptr<command_tag>(new detail::failed_call<command_tag>(refusal.with(error::nothing_sent))));
        }
        return execute("select pg_notify($1, $2)", channel, payload);
    }

private:
    friend Derived;
    friend struct detail::carrier_access;
    using wanted = detail::rows_wanted;
    queries() noexcept = default;

    template <class T, class... Args>
    operation<T> start(wanted rows, detail::statement_text&& text, detail::decoder<T> decode, Args&&... args) {
        text.want(rows);
        return operation<T>(detail::statement_call<T>::make(carrier(), std::move(text), decode, std::forward<Args>(args)...));
    }
    template <class Row, class... Args>
    auto start_rows(detail::statement_text&& text, Args&&... args) {
        using fetched = detail::fetched<Row>;
        if constexpr (fetched::in_chunks) {
            text.take_chunks();
        }
        return start<typename fetched::type>(fetched::wanted, std::move(text), fetched::decode, std::forward<Args>(args)...);
    }
    operation<command_tag> start_many(detail::statement_text text, detail::encoded_rows rows) {
        text.want(wanted::none);
        return operation<command_tag>(detail::make_many(carrier(), std::move(text), std::move(rows)));
    }

    /// Where requests go: a session, a transaction, a pool or a multiplexer.
    const auto& carrier() const noexcept { return static_cast<const Derived*>(this)->carrier(); }
};

} // namespace pgcoro
