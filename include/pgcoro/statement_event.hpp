// SPDX-License-Identifier: BSL-1.0
// A call that runs SQL, as observers see it.
#pragma once

#include <pgcoro/call_kind.hpp>
#include <pgcoro/connection_facts.hpp>
#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pgcoro {

namespace detail {
class observation;
class request;
} // namespace detail

/// A call of the query interface: one statement, or several of a batch. Valid only while an observer's function runs.
///
/// Facts that become known later (the connection, times, rows, the failure) are zero or empty until then.
class statement_event {
public:
    using clock = std::chrono::steady_clock;
    using duration = std::chrono::nanoseconds;

    statement_event(const statement_event&) = delete;
    statement_event& operator=(const statement_event&) = delete;

    call_kind kind() const noexcept;
    /// The name given with `operation::named`; empty if there is none.
    std::string_view name() const noexcept { return name_ ? std::string_view(*name_) : std::string_view(); }

    /// The number of statements: more than one in a batch, none in a ping. For `execute_many`, the number of rows.
    std::size_t statements() const noexcept;
    /// The text of a statement as it was given, with placeholders.
    std::string_view sql(std::size_t statement = 0) const noexcept;
    /// Whether that text is a literal of the program, which cannot contain run-time values.
    bool is_literal(std::size_t statement = 0) const noexcept;
    /// A hash of the text (64-bit FNV-1a): the same in every process that has the same text.
    std::uint64_t fingerprint(std::size_t statement = 0) const noexcept;
    /// The numbers of the parameters' types; 0 where the server infers the type.
    std::span<const std::uint32_t> parameter_types(std::size_t statement = 0) const noexcept;
    /// A value as text, as the server would print it; "NULL" for NULL. Empty for an observer whose `wants_values` is false.
    /// Of `execute_many`, `statement` is the row.
    std::string value(std::size_t statement, std::size_t parameter) const;

    /// When the call began.
    clock::time_point begun() const noexcept { return begun_; }
    /// How long it waited for a connection of a pool, or a lane of a multiplexer.
    duration waited() const noexcept { return reached_ - begun_; }
    /// How long it then waited to be sent.
    duration queued() const noexcept { return sent_ - reached_; }
    /// From being sent to its end.
    duration on_wire() const noexcept { return ended_ - sent_; }
    /// All of it.
    duration total() const noexcept { return ended_ - begun_; }

    /// The rows received; for statements that return none, the rows affected. For COPY, those of its command tag.
    std::uint64_t rows() const noexcept { return rows_; }
    /// The bytes of the values received, without the protocol's own, if an observer's `wants_bytes` is true, and those of the
    /// data of COPY TO.
    std::uint64_t bytes_received() const noexcept { return bytes_received_; }
    /// The bytes of parameters, and of the data of COPY FROM.
    std::uint64_t bytes_sent() const noexcept;

    /// Why it failed; no error if it succeeded, or is not over. The conversion of rows for the caller happens later, and its
    /// errors are not included.
    const error& failure() const noexcept;
    /// It was sent twice: its prepared statement had become stale, or its rows had to be sent as text.
    bool is_retried() const noexcept;
    /// Part of a transaction begun with `begin`.
    bool is_in_transaction() const noexcept;
    /// Null if it had no connection.
    const connection_facts* connection() const noexcept { return connection_; }

    /// For the observer that is being called: what it stores here when the call begins is there when it ends.
    void*& data() const noexcept { return data_[called_->index]; }
    /// What the same observer has stored when the transaction began that this is a part of; null if there is none.
    void* transaction_data() const noexcept;

    /// Appends a comment to the text that the server gets, for logs and pg_stat_activity; only while the call begins, and only
    /// for a call of one statement. A prepared statement keeps its text and gets no comment, unless `also_prepared` is true:
    /// then this call is sent unprepared, and the prepared statement stays for other calls. If several observers give a
    /// comment, the first counts. `comment` with its delimiters; it must be a complete comment (see `sql_comment` in
    /// <pgcoro/sql_comment.hpp>).
    void comment(std::string_view comment, bool also_prepared = false) const;

protected:
    friend class detail::observation;

    statement_event() = default;
    ~statement_event() = default;

    const detail::observer_list::entry* called_ = nullptr; // the observer that is being called
    detail::request* request_ = nullptr;
    clock::time_point begun_{};
    // What becomes known later lies together, to be cleared at once.
    const connection_facts* connection_ = nullptr;
    clock::time_point reached_{}, sent_{}, ended_{};
    std::uint64_t rows_ = 0;
    std::uint64_t bytes_received_ = 0;
    std::uint64_t bytes_copied_ = 0;
    std::unique_ptr<const std::string> name_;
    mutable std::unique_ptr<const std::string> commented_; // the text with a comment
    mutable void* data_[detail::observer_list::most];      // each set when its observer is told of the beginning
};

} // namespace pgcoro
