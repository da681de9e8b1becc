// SPDX-License-Identifier: BSL-1.0
// The one error value: what failed, everything the server said about it, and what the caller may still do.
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
void intrusive_ptr_add_ref(const error_details*) noexcept;
void intrusive_ptr_release(const error_details*) noexcept;
} // namespace detail

// GCC 12 to 14 take the moved-from optional result inside of Asio's co_spawn for one that may hold an uninitialised error.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/// Why an operation failed. A small value: cheap to copy, move and return.
///
/// The fields are those of the PostgreSQL manual, "Error and Notice Message Fields" (libpq's `PQresultErrorField`). A field
/// the server did not send is empty. Judge by `code()` or `sqlstate()`; `message()` is localised and meant for people.
class [[nodiscard]] error {
public:
    /// No error. Only a failed `result` holds one that says more.
    error() noexcept = default;
    error(errc e) noexcept;
    error(pgcoro::sqlstate state) noexcept;
    error(boost::system::error_code code) noexcept;
    /// `message` replaces the category's general one.
    error(boost::system::error_code code, std::string message);
    error(errc e, std::string message);
    explicit error(boost::intrusive_ptr<const detail::error_details> details) noexcept;

    /// There is an error.
    explicit operator bool() const noexcept { return category_ != nullptr; }
    /// A SQLSTATE (`sqlstate_category()`), a client condition (`client_category()`) or a system error.
    boost::system::error_code code() const noexcept;
    /// The server's SQLSTATE, or `sqlstate::successful_completion` if the error is not the server's.
    pgcoro::sqlstate sqlstate() const noexcept;

    /// The primary message on one line: line breaks are spaces. As it came it is in `describe()`.
    std::string message() const;
    /// ERROR, FATAL or PANIC, never localised; empty if the error is not the server's.
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
    /// The SQL text that failed, without its parameters' values.
    std::string_view statement() const noexcept;
    /// Where in `statement()` the error is, in characters from 1; 0 if unknown.
    int position() const noexcept;
    /// Which row of `execute_many`, or which statement of a `batch`, failed, counted from 0. Nothing for other operations, and
    /// where it is none in particular: a deferred constraint fails at the end, the text of `execute_many` for all rows.
    std::optional<std::size_t> item() const noexcept;
    /// Each attempt of a failed `connect`, in order; the last 100 of them.
    std::span<const connect_attempt> attempts() const noexcept;

    /// The session is gone: every later operation on this connection fails too.
    bool connection_lost() const noexcept;
    /// Doing the same again cannot do it twice, and may succeed: nothing was sent; the server rolled it back
    /// (serialization_failure, deadlock_detected); the connection was lost before it, or the COMMIT of its transaction, could
    /// take effect; or a prepared statement had gone stale and is prepared anew the next time. What ran in a transaction has to
    /// be done again as a whole, from its BEGIN.
    bool safe_to_retry() const noexcept;
    /// The session was lost, or the operation given up, while COMMIT, or a statement outside a transaction, was in flight: it
    /// may have taken effect.
    bool outcome_unknown() const noexcept;

    /// Everything above on several lines, for logs.
    std::string describe() const;

    /// Facts about what became of the operation, added by who knows them.
    enum fact : std::uint8_t {
        lost = 1,
        nothing_sent = 2,
        in_doubt = 4,
        /// It had no effect that lasts, for a reason that does not lie in what was asked.
        not_done = 8,
    };
    error with(fact f) const noexcept;
    bool is(fact f) const noexcept { return (facts_ & f) != 0; }
    /// The same error, about that row or statement.
    error with_item(std::size_t item) const;

    friend bool operator==(const error& a, const boost::system::error_code& b) noexcept { return a.code() == b; }
    friend bool operator==(const error& a, errc b) noexcept { return a.code() == b; }
    friend bool operator==(const error& a, pgcoro::sqlstate b) noexcept { return a.sqlstate() == b; }
    friend std::ostream& operator<<(std::ostream& out, const error& e);

private:
    std::string full_message() const;

    // 24 bytes instead of error_code's 24 plus ours: every successful result holds one of these too.
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

/// What `result::value()` throws.
class exception : public std::runtime_error {
public:
    explicit exception(pgcoro::error e);
    const pgcoro::error& error() const noexcept { return error_; }

private:
    pgcoro::error error_;
};

} // namespace pgcoro
