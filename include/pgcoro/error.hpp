// SPDX-License-Identifier: BSL-1.0
// The error value: what failed, everything the server reported about it, and what the caller may still do.
#pragma once

#include <pgcoro/errc.hpp>
#include <pgcoro/sqlstate.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pgcoro {

struct connect_attempt;

namespace detail {
struct error_details;
struct error_access;
void intrusive_ptr_add_ref(const error_details*) noexcept;
void intrusive_ptr_release(const error_details*) noexcept;
} // namespace detail

// GCC 12 to 14 warn that the moved-from optional result inside Asio's co_spawn may hold an uninitialised error.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/// Why an operation failed. A small value: cheap to copy, move and return.
///
/// The fields are those of the PostgreSQL manual, "Error and Notice Message Fields" (libpq's `PQresultErrorField`). A field the
/// server did not send is empty. Programs should test `code()` or `sqlstate()`; `message()` is localised and meant for people.
class [[nodiscard]] error {
public:
    /// No error. Only a failed `result` holds an error.
    error() noexcept = default;
    error(errc e) noexcept;
    error(pgcoro::sqlstate state) noexcept;
    error(boost::system::error_code code) noexcept;
    /// `message` replaces the category's general message.
    error(boost::system::error_code code, std::string message);
    error(errc e, std::string message);
    explicit error(boost::intrusive_ptr<const detail::error_details> details) noexcept;

    /// True if this is an error.
    explicit operator bool() const noexcept { return category_ != nullptr; }
    /// A SQLSTATE (`sqlstate_category()`), a client condition (`client_category()`) or a system error.
    boost::system::error_code code() const noexcept;
    /// The server's SQLSTATE, or `sqlstate::successful_completion` if the error did not come from the server.
    pgcoro::sqlstate sqlstate() const noexcept;

    /// The primary message on one line, with spaces instead of line breaks. `describe()` has it as it was sent.
    std::string message() const;
    /// ERROR, FATAL or PANIC, never localised; empty if the error did not come from the server.
    std::string_view severity() const noexcept;
    std::string_view detail() const noexcept;
    std::string_view hint() const noexcept;
    std::string_view schema() const noexcept;
    std::string_view table() const noexcept;
    std::string_view column() const noexcept;
    std::string_view data_type() const noexcept;
    std::string_view constraint() const noexcept;
    /// The call stack inside the server: functions, internal queries.
    std::string_view context() const noexcept;
    /// The function in the server's source that raised the error.
    std::string_view routine() const noexcept;
    /// The SQL text that failed, without the values of its parameters.
    std::string_view statement() const noexcept;
    /// The position of the error in `statement()`, in characters from 1; 0 if unknown.
    int position() const noexcept;
    /// The row of `execute_many`, or the statement of a `batch`, that failed, counted from 0. Not set for other operations, or
    /// if no single item failed: a deferred constraint fails at the end, and the text of `execute_many` fails for all rows.
    std::optional<std::size_t> item() const noexcept;
    /// The attempts of a failed `connect`, in order; only the last 100.
    std::span<const connect_attempt> attempts() const noexcept;

    /// The session is gone: every later operation on this connection fails too.
    bool connection_lost() const noexcept;
    /// A retry cannot do the same thing twice, and may succeed: nothing was sent; the server rolled it back
    /// (serialization_failure, deadlock_detected); the connection was lost before the statement, or the COMMIT of its
    /// transaction, could take effect; or a prepared statement was stale and is prepared again the next time. A statement in a
    /// transaction must be retried with the whole transaction, from its BEGIN. False if pgcoro itself refused the
    /// request, as with `errc::invalid_text`, `errc::not_multiplexable` or `errc::stream_open`: nothing was sent, but the same
    /// request would be refused again.
    bool safe_to_retry() const noexcept;
    /// The operation may have taken effect: the session was lost, or the operation abandoned, while COMMIT or a statement
    /// outside a transaction was in flight.
    bool outcome_unknown() const noexcept;

    /// All of the above on several lines, for logs.
    std::string describe() const;

    /// Facts about the outcome of the operation, added by the code that knows them.
    enum fact : std::uint8_t {
        lost = 1,
        nothing_sent = 2,
        in_doubt = 4,
        /// It had no lasting effect, and the request itself was not the cause.
        not_done = 8,
    };
    error with(fact f) const noexcept;
    bool is(fact f) const noexcept { return (facts_ & f) != 0; }
    /// The same error, attributed to that row or statement.
    error with_item(std::size_t item) const;

    friend bool operator==(const error& a, const boost::system::error_code& b) noexcept { return a.code() == b; }
    friend bool operator==(const error& a, errc b) noexcept { return a.code() == b; }
    friend bool operator==(const error& a, pgcoro::sqlstate b) noexcept { return a.sqlstate() == b; }
    friend std::ostream& operator<<(std::ostream& out, const error& e);

private:
    friend struct detail::error_access;
    std::string full_message() const;

    // 24 bytes, as many as an error_code alone would take: every successful result holds one of these too.
    int value_ = 0;
    std::uint8_t facts_ = 0;
    const boost::system::error_category* category_ = nullptr;
    boost::intrusive_ptr<const detail::error_details> details_;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// One attempt to reach one address of one host.
struct connect_attempt {
    std::string host;
    std::string address;
    std::uint16_t port = 0;
    error reason;
};

/// The exception that `result::value()` throws.
class exception : public std::runtime_error {
public:
    explicit exception(pgcoro::error e);
    const pgcoro::error& error() const noexcept { return error_; }

private:
    pgcoro::error error_;
};

} // namespace pgcoro
