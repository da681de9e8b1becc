// SPDX-License-Identifier: BSL-1.0
// COPY: bytes into a table and out of one, as fast as the server receives or sends them.
//
//     BOOST_OUTCOME_CO_TRY(auto file, co_await pgcoro::copy_in(db, "copy measurements from stdin (format csv)"));
//     BOOST_OUTCOME_CO_TRY(co_await file.write("2026-11-28,21.5\n"));
//     BOOST_OUTCOME_CO_TRY(auto tag, co_await file.finish());
#pragma once

#include <pgcoro/detail/copy_calls.hpp>
#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/stream_calls.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro {

/// An open COPY ... FROM STDIN. Nothing of it lasts unless `finish` succeeds: dropping the writer undoes it all.
///
/// While it is open, its connection or transaction refuses other statements with `errc::stream_open`, and a pool's connection
/// stays borrowed.
///
/// If the server refuses a row, the next `write`, or at the latest `finish`, gives its error, with the line in
/// `error::context()` (see `copy_line`). Then nothing of the COPY has taken effect. Outside a transaction, success of `finish`
/// means that the COPY is committed.
///
/// Lifetimes: it may outlive its connection or transaction, whose end ends it, and its pool, which lets it come to its end.
/// Thread safety: that of the connection. It may be destroyed on any thread.
class [[nodiscard]] copy_writer {
public:
    /// Writes nothing: every call fails with `errc::connection_closed`.
    copy_writer() noexcept = default;
    copy_writer(copy_writer&& other) noexcept = default;
    copy_writer& operator=(copy_writer&& other) noexcept;
    ~copy_writer();

    /// Sends bytes in the format of the COPY. Pieces need not end where rows or characters do. Completes when less than 64 KiB
    /// wait to be sent: the server sets the pace.
    ///
    /// Errors: the server's, for these bytes or earlier ones; `errc::connection_lost`; `operation_in_progress` if another call
    /// waits; `errc::timed_out`, after which the bytes count as written; `errc::connection_closed` after the end.
    /// Lifetimes: `bytes` must stay valid until the operation is complete.
    /// Cancellation: as for a deadline.
    operation<void> write(std::string_view bytes);
    operation<void> write(std::span<const std::byte> bytes);

    /// Ends the data, and gives the command tag ("COPY 5").
    ///
    /// Errors: those of `write`; those of deferred constraints. If the connection is lost meanwhile, or the operation is
    /// cancelled or times out, the error is `error::outcome_unknown()` outside a transaction. After a cancellation or a
    /// timeout, `finish` may be called again.
    operation<command_tag> finish();

    /// Undoes it. `reason` appears in the server's log, up to 200 bytes of it. Dropping the writer does the same without
    /// waiting.
    ///
    /// Errors: those of `write`. `errc::connection_closed` if the COPY had already succeeded, perhaps after a `finish` that
    /// timed out or was cancelled: its rows stay. If `finish` had ended the data and this times out or is cancelled, the error
    /// is `error::outcome_unknown()` outside a transaction.
    operation<void> abort(std::string reason = {});

private:
    template <class Handle, class State>
    friend class detail::open_stream_call;
    explicit copy_writer(std::shared_ptr<detail::copy_buffer> s) noexcept : state_(std::move(s)) {}

    std::shared_ptr<detail::copy_buffer> state_;
};

/// An open COPY ... TO STDOUT.
///
/// Bytes are provisional until the end: only when `read` gives none has the server confirmed that the COPY succeeded. A reader
/// that is dropped before its end is cancelled like a `row_stream`, which it also resembles in all other respects.
class [[nodiscard]] copy_reader {
public:
    /// Reads nothing: every read fails with `errc::connection_closed`.
    copy_reader() noexcept = default;
    copy_reader(copy_reader&& other) noexcept = default;
    copy_reader& operator=(copy_reader&& other) noexcept;
    ~copy_reader();

    /// The bytes that have arrived; none at the end. In the text and CSV formats, whole rows. Valid until the next read.
    ///
    /// Errors: the server's; `errc::connection_lost`; `operation_in_progress` if another read waits.
    /// Cancellation and deadlines: the read ends, the COPY stays open and loses nothing.
    operation<std::span<const std::byte>> read();

    /// The number of messages that have been read so far. Text and CSV have one for each row, and one for a header; binary has
    /// one for each row, with the file header in the first, and one for the end unless there were no rows.
    std::uint64_t messages_read() const noexcept;
    /// The command tag, such as "COPY 5". Empty before the end.
    command_tag tag() const noexcept;
    /// Drops what is left. The same as destroying it.
    void close() noexcept;

private:
    template <class Handle, class State>
    friend class detail::open_stream_call;
    explicit copy_reader(std::shared_ptr<detail::copy_chunks> s) noexcept : state_(std::move(s)) {}

    std::shared_ptr<detail::copy_chunks> state_;
};

/// The line of the input that the server's error is about, counted from 1; 0 if the error does not say. In CSV, a header and
/// the lines inside quotes count; in the binary format, it is the number of the row. For messages to people: it is read from
/// `error::context()`, in whatever language the server speaks.
std::size_t copy_line(const error& e) noexcept;

namespace detail {
operation<copy_writer> open_copy_in(const stream_origin& from, statement_text text);
operation<copy_reader> open_copy_out(const stream_origin& from, statement_text text);
} // namespace detail

template <class Derived>
operation<copy_writer> queries<Derived>::copy_in(unchecked_sql statement) {
    return detail::open_copy_in(detail::stream_origin(carrier()), std::move(statement));
}
template <class Derived>
operation<copy_reader> queries<Derived>::copy_out(unchecked_sql statement) {
    return detail::open_copy_out(detail::stream_origin(carrier()), std::move(statement));
}

} // namespace pgcoro
