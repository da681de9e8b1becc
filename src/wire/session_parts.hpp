// SPDX-License-Identifier: BSL-1.0
// The state of a session, part by part: each file session_*.cpp is about one of them.
#pragma once

#include "base/socket.hpp"
#include "statement/format_memory.hpp"
#include "statement/statement_cache.hpp"
#include "wire/request_list.hpp"
#include "wire/server_limit.hpp"
#include "wire/wait_memory.hpp"

#include <pgcoro/error.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::detail {
class stream_request;
class transaction_scope;
} // namespace pgcoro::detail

namespace pgcoro::wire {

class description;
class lane_observer;
class session;
class type_lookup;

/// libpq 17 and newer hand over so many rows at a time: more would not be cheaper, and all of them are in memory.
constexpr int rows_per_chunk = 64;

/// ReadyForQuery does not come (session_ready.cpp).
struct ready_probe {
    enum class state : unsigned char { none, due, sent } at = state::none;
    std::chrono::steady_clock::time_point due = std::chrono::steady_clock::time_point::max();
};

/// Waits for the socket (session_io.cpp).
struct socket_waits {
    explicit socket_waits(const boost::asio::any_io_executor& executor) : socket(executor) {}

    bool reading = false;
    bool writing = false;
    bool wakes_for_writing = false; // until it is registered anew
    unsigned registration = 0;      // of the socket with the reactor: waits of an earlier one are void
    unsigned pending = 0;           // waits whose handlers have not returned
    std::shared_ptr<session> self;  // while there are any
    wait_memory read_memory;
    wait_memory write_memory;
    wire::socket socket;
    void* tls = nullptr; // OpenSSL's SSL*, borrowed from libpq
    ready_probe ready;
};

/// The life of requests (session.cpp).
struct request_queues {
    std::size_t unfinished = 0; // requests that are not over
    request_list waiting;       // nothing of them was sent
    request_list in_flight;     // sent, the last one perhaps in part; answers come for the first
    request_list completed;     // over; their handlers are run outside of libpq
    std::size_t in_flight_count = 0;
    std::size_t window = 0;      // so many may be in flight; none while what is given up is being stopped
    bool in_completions = false; // handlers are being run
    bool completions_posted = false;
    bool pump_posted = false;
};

/// The request that is being sent (session_send.cpp).
struct send_progress {
    bool pipelined = false;   // libpq is in pipeline mode
    unsigned solo_streak = 0; // requests in a row that found the session idle
    request* current = nullptr;
    std::size_t next_step = 0;
    std::size_t unflushed = 0;                 // bytes, roughly
    std::size_t always_taken = 0;              // so many bytes an idle session's socket takes at once
    std::vector<const char*> pointers;         // to the values of a statement with many parameters
    std::chrono::steady_clock::time_point now; // when observers were first told of sending, in this run of `pump`
    const char* commented = nullptr;           // the text of the statement without a name that goes next, if it has a comment
};

/// The request at the head of those in flight, whose answers come next (session_results.cpp).
struct head_progress {
    std::size_t step = 0;
    error failure;
    bool answered = false;     // the first command that is expected has had its result, and its null is to come
    bool was_executed = false; // when `failure` came
    std::size_t rows = 0;      // in chunks, so far
};

/// Requests that are sent once more (session_retry.cpp).
struct statement_retry {
    /// Failed on a stale prepared statement, to be sent again.
    request_list held;
    // Why the request at the head has failed, if it would succeed when it is sent again.
    prepared_statement* stale = nullptr;
    bool stale_types = false; // a type's number may have changed
    bool needs_text = false;  // a column has no binary output
    /// The last statement whose Parse, sent with the request at the head, succeeded.
    const prepared_statement* parsed = nullptr;

    bool would_succeed() const noexcept { return stale || stale_types || needs_text; }
};

/// Large results that are read in slices (session_rows.cpp).
struct row_slices {
    request_list ordered; // those whose rows are being read, and what was answered behind them
    request_list due;     // complete, and before all of those
    bool posted = false;
};

/// In which format rows come (session_formats.cpp).
struct row_formats {
    std::unique_ptr<wire::description> description;
    error failure; // of the last one
    bool is_describing = false;
    const detail::request* asked_by = nullptr; // what waits for it; null if that was given up, or it is answered
    format_memory unnamed;
};

/// Requests that wait for types (session_types.cpp).
struct type_resolution {
    request_list unread; // answered, with types we know nothing of
    request_list asking; // those the lookup in flight is for
    std::unique_ptr<type_lookup> lookup;
    error failure; // of the last one
    bool is_looking_up = false;
    bool names_may_change = false; // a statement that may change what names mean was sent
    bool is_outdated = false;      // the same, behind the lookup in flight
    std::string reported_path;     // the server's search_path, when types were needed last
};

/// Which transaction is open (session_transactions.cpp).
struct transaction_stack {
    detail::transaction_scope* innermost = nullptr; // of those that are open: only its statements may run
    // Side by side, for they are asked for together.
    std::uint8_t open : 1 = false;        // certainly, as far as the server has answered
    std::uint8_t may_be_open : 1 = false; // after an error, or a COMMIT or ROLLBACK that may leave one: AND CHAIN, TO SAVEPOINT
};

/// The session as a lane of a multiplexer (session_lane.cpp).
struct lane_state {
    lane_observer* observer = nullptr;
    bool keeps_out = false; // nothing is to be given to it
    bool retiring = false;  // it ends once all is answered
};

/// What the server has said about itself (session_watch.cpp).
struct server_facts {
    int version = 0;
    int backend_pid = 0;
    int encoding = 0;            // libpq's number of UTF8, or of what a server counts as that which does not tell
    bool refuses_writes = false; // outside of a transaction
    unsigned until_look = 64;    // reads until the next look at what nobody has asked for
    unsigned look_period = 64;
    error fatal;                 // the first FATAL it sent
    server_limit limit;          // of its statements
    bool limit_is_local = false; // it was set in the open transaction, which undoes it if it rolls back
};

/// The stream that the session is carrying out (session_streams.cpp).
struct stream_progress {
    detail::stream_request* open = nullptr;
    /// Of one in the simple protocol.
    enum class phase : unsigned char {
        opening,  // BEGIN and SAVEPOINTs are in flight
        results,  // so is the statement
        copy_in,  // the server waits for data
        copy_out, // it sends data
        undoing,  // a script has left a transaction open: ROLLBACK is in flight
    } at = phase::results;
    bool has_row_mode = false;       // libpq hands its rows over one by one, or in chunks
    bool has_rows = false;           // some of them have come: it cannot begin anew
    bool has_committed = false;      // a script, with a COMMIT of its own
    bool was_in_transaction = false; // when it began
    // A server that fails in the middle of COPY FROM says so, and libpq keeps it to itself until the end of data. Bytes that
    // came and were no notice may be that; a notice that came in two pieces looks the same for a while.
    unsigned notices = 0;
    bool is_suspected = false;
    std::chrono::steady_clock::time_point suspected_from = std::chrono::steady_clock::time_point::max();
    /// When a COPY that was given up is cancelled if CopyFail has not ended it.
    std::chrono::steady_clock::time_point ask_from = std::chrono::steady_clock::time_point::max();
    bool moving = false; // what has come is being handed over
    bool again = false;  // and there will be more to do after that
    bool resume_posted = false;
};

} // namespace pgcoro::wire
