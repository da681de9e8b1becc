// SPDX-License-Identifier: BSL-1.0
// The engine of one connection: the only caller of libpq for its PGconn, always on its executor.
//
//   submit -> queues_.waiting -> pump: send -> queues_.in_flight -> readable: drain -> queues_.completed -> run handlers ->
//   pump again
//
// Requests are pipelined. Only where one coroutine has long been using the connection alone, a request travels outside of
// pipeline mode, which saves libpq the result of the Sync; the first request to come in between puts an end to that.
//
// What decides (command_queue, statement_cache, loss) is tested without a socket; this class moves bytes and requests.
#pragma once

#include "base/deadline_timer.hpp"
#include "connect/connector.hpp"
#include "observe/observation.hpp"
#include "statement/naming.hpp"
#include "statement/setting_changes.hpp"
#include "statement/statement_cache.hpp"
#include "wire/cancellation.hpp"
#include "wire/command_queue.hpp"
#include "wire/session_parts.hpp"

#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/stream_request.hpp>
#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/prepare_policy.hpp>
#include <pgcoro/transaction_status.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::wire {

struct session_options {
    prepare_policy prepare = prepare_policy::automatic;
    bool behind_pooler = false;
    std::size_t statement_cache_size = 256;
    /// Requests sent and unanswered; more wait in our FIFO, so that neither side's buffers grow without bound.
    std::size_t most_in_flight = 1024;
    /// For requests that have no deadline of their own. Zero: none.
    std::chrono::milliseconds command_timeout{0};
    /// How long a cancel request may take, and then what it is for. Zero: none is sent.
    std::chrono::milliseconds cancel_timeout = std::chrono::seconds(2);
    /// Deadlines are set as `statement_timeout`, too.
    bool tells_deadlines = false;
};

class session final : public detail::request_target,
                      public detail::stream_engine,
                      public std::enable_shared_from_this<session> {
public:
    using clock = std::chrono::steady_clock;
    using statement_text = detail::statement_text;

    /// Takes over a connection that libpq has just finished making.
    session(boost::asio::any_io_executor executor, established made, const session_options& options);
    ~session();

    /// Enters pipeline mode. Called once, before anything else; an error means the session is of no use.
    error open();

    void submit(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;

    // For streams.
    void resume_stream() noexcept override;
    void run_soon(request& r) noexcept override;
    void watch_stream(const request& r) noexcept override;
    /// Whoever has lent the session wants it back: a stream that is open is over for its caller.
    void end_stream(const error& why) noexcept;

    /// A transaction, or a savepoint in the innermost one, begins as far as this side is concerned. An error if it cannot.
    error enter(detail::transaction_scope& s);
    /// Its handle is gone: it is rolled back unless it is over.
    void abandon_transaction(std::shared_ptr<detail::transaction_scope> s) noexcept;
    /// All that are open are over on this side: who calls this sees to a ROLLBACK.
    void forget_transactions() noexcept { end_transactions(errc::transaction_over); }

    /// Ends the session: what waits or is in flight fails with `why`. On the executor.
    void close(error why) noexcept;
    bool is_open() const noexcept override { return !gate_.closed; }
    /// The same, after a look whether the server has said goodbye: nobody reads from an idle session's socket.
    bool probe();
    /// Whether the server is still what `target_session_attrs` asked for, as far as it has said with its answers.
    bool is_as_wanted() const noexcept;
    /// The same, looked up only if it may have changed. `uses`: counts those who ask.
    bool may_be_lent(std::size_t uses) const noexcept {
        return made_.wanted == session_attrs::any || (!server_.refuses_writes && uses % 8 != 0) || is_as_wanted();
    }
    transaction_status status() const noexcept;
    /// Lets go of all requests without a word: their executor is being destroyed.
    void drop_all() noexcept override;

    /// Before `open`. They are told of requests that no pool or multiplexer has told them of.
    void be_observed_by(std::shared_ptr<const detail::observer_list> observers) noexcept {
        detail::request_target::be_observed_by(std::move(observers));
    }

    /// From now on it is a lane of `observer`, which outlives it or detaches itself. It reads even while nothing is in flight,
    /// so that a loss is noticed at once, and puts up with no transaction. On the executor.
    void become_lane_of(lane_observer& observer);
    void detach_observer() noexcept { lane_.observer = nullptr; }
    /// As a lane: asks the server for an answer, with which it says what it is. Until then the lane gets nothing to do.
    void suspect();
    /// How many requests it has that are not over.
    std::size_t unfinished() const noexcept { return queues_.unfinished; }
    /// The same, or `no_room` if it should get no more for now.
    std::size_t load() const noexcept {
        return gate_.closed || gate_.blocked || lane_.keeps_out ? no_room : queues_.unfinished;
    }
    static constexpr std::size_t no_room = std::numeric_limits<std::size_t>::max();
    /// Beyond this much, bytes go to the socket even if more requests are waiting to join them.
    static constexpr std::size_t flush_threshold = 64 * 1024;
    /// A transaction is open, certainly; also of one that is closed.
    bool has_open_transaction() const noexcept { return transaction_.open != 0; }

    int server_version() const noexcept { return server_.version; }
    int backend_pid() const noexcept { return server_.backend_pid; }
    /// What is known of how the session came about; its PGconn is gone once the session is closed.
    const established& facts() const noexcept { return made_; }
    /// Null if it has no observers.
    const connection_facts* facts_for_observers() const noexcept { return facts_.get(); }

private:
    // session_send.cpp
    void pump();
    void pump_later();
    bool may_send() const noexcept;
    bool send_next();
    bool begin_next();
    bool send_text(const char* sql, command kind);
    bool clear_the_way();
    bool send_steps(const request& r);
    bool send_step(prepared_statement* s, const statement_text& text, const parameters& values);
    bool send_parse(prepared_statement& s, const statement_text& text, const parameters& values);
    bool send_execute(prepared_statement* s, const statement_text& text, const parameters& values, command kind);
    bool send_sync(command kind);
    bool may_go_exclusively() const noexcept;
    bool send_exclusively(prepared_statement* s, const statement_text& text, const parameters& values);
    prepared_statement* find_prepared(const request& r, const statement_text& text, const parameters& values);
    bool ask_whose_session();
    bool front_waits_for_name() const noexcept;
    std::string literal_settings() const;
    bool set_pipelined(bool on) noexcept;
    bool must_drain_before_closes() const noexcept;
    bool send_closes();
    void flush();
    void sending_failed();
    void take_what_came();

    // session_results.cpp
    void drain();
    bool on_result(PGresult* result);
    bool on_changed_rows(PGresult* raw);
    bool on_other_result(PGresult* result, ExecStatusType status);
    bool on_command_result(PGresult* result);
    void on_command_tag(std::string_view tag);
    bool sets_encoding(std::string_view tag);
    void on_error(const PGresult* result);
    void consider_retrying(error& e);
    void on_backend_pid(const PGresult* result);
    bool has_unexpected_transaction() noexcept;
    bool is_surprising() noexcept;
    bool head_has_results() noexcept;
    void on_aborted() noexcept;
    bool end_command();
    void finish_command();
    void pass_held();
    void fail_held();
    void end_request();
    void end_failed_request(request& r);
    void settle_held();
    void settle_if_answered();
    void take_back_held();
    void lose_held(const error& why);

    // session_formats.cpp
    enum class described : unsigned char { yes, asks, later, failed };
    int unnamed_format(const statement_text& text, const parameters& values) const;
    void remember_format(prepared_statement* s, const statement_text& text, std::span<const unsigned> types, int format);
    bool asks_for_rows(std::size_t step) const noexcept;
    bool note_lack_of_binary(const request& r, std::size_t step);
    std::size_t undescribed_step(const request& r);
    bool ask_for_description(request& r, std::size_t step);
    bool stop_describing(const request& r, const error& why) noexcept;
    bool send_describe(const statement_text& text, const parameters& values);
    error make_copy_of(detail::stream_request& query);
    void on_description();
    described describe(request& r);

    // session_cancel.cpp
    void consider_cancelling() noexcept;
    bool may_ask_to_stop() const noexcept;
    void carry_out(cancel_plan::action what) noexcept;
    void ask_to_stop();
    void on_step_overdue();
    void stop_cancelling() noexcept;
    void go_on_giving_up();
    void watch_step(std::chrono::milliseconds limit);
    bool send_ours(const char* sql, command kind);
    void forget_limit_of_commit(bool was_in_transaction) noexcept;
    bool send_limit(const request& r);

    // session_transactions.cpp
    bool front_may_go();
    bool send_openings(detail::transaction_scope& innermost, request& first);
    error out_of_turn(const request& r) const;
    std::string_view text_of_opening() const noexcept;
    void on_opened(const PGresult* result);
    void on_not_opened(const error& why);
    void end_part(request& r, bool failed);
    void leave(detail::transaction_scope& s) noexcept;
    void end_transactions(const error& why) noexcept;

    // session_lane.cpp
    void tell_observer();
    void return_unsent() noexcept;
    bool put_up_with_transaction();
    void retire();

    // session_types.cpp
    bool front_has_types();
    void read_later(request& r);
    void look_up_types();
    void on_types();
    void forget_names();
    void on_setting();
    void note_local_setting(std::string_view sql);
    void forget_local_settings();
    void note_settings(const request& r);
    bool has_new_path();

    // session_rows.cpp
    void read_rows_later(request& r);
    void read_rows_soon();
    void read_rows();
    void finish_reading(request& r);
    void hold_back() noexcept;
    void give_up(request& r, error outcome) noexcept;

    // session_observed.cpp
    bool look_closer(request& r);
    void observe(request& r) noexcept;
    void observe_again(request& r) noexcept;
    void note_sending(request& r, detail::observation& o) const noexcept;
    void on_special_sent(request& r, bool without_name) noexcept;
    void observe_late(request& r) noexcept;
    void note_sent(request& r) noexcept;
    void look_at_clock() noexcept;
    void count_rows(const PGresult* result) noexcept;
    static void count_rows(request& r, const PGresult* result) noexcept;
    void count_bytes(std::size_t received, std::size_t sent) noexcept;
    void notify_stream() noexcept;
    void tell_progress() noexcept;
    void tell_disconnected(const error& why) noexcept;
    void tell_begun(detail::transaction_scope& s);
    void tell_end(detail::transaction_scope& s, transaction_end outcome) noexcept;
    void end_scope(detail::transaction_scope& s, error why, transaction_end outcome) noexcept;

    // session_chunks.cpp
    void ask_for_chunks() noexcept;
    bool on_chunk(PGresult* raw);
    bool take_special(request& r, detail::result_handle& result);
    bool end_of_rows(request& r, detail::result_handle& result);

    // session_streams.cpp
    void begin_stream();
    void set_row_mode();
    void drain_stream();
    bool on_rows(PGresult* raw);
    void on_readable_stream();
    void move_stream();
    void resume_later();
    void leave_stream() noexcept;
    bool ends_soon(request& r);
    bool is_refused_by_stream() const noexcept;
    error fail_stream(request& r, error why);

    // session_simple.cpp
    bool send_simple();
    bool send_simple_text();
    bool send_begin();
    void drain_simple();
    bool on_simple_result(PGresult* raw);
    bool end_simple();
    bool begin_copy(ExecStatusType status);
    bool take_copy_data();
    void send_copy_data();
    void watch_copy();
    void on_copy_deadline(clock::time_point now);
    bool leaves_transaction_open(const request& r) const noexcept;

    // session_ready.cpp
    void expect_ready();
    void probe_for_ready();

    // session_watch.cpp
    void refuse_encoding();
    void look_around() noexcept;
    void take_notifications() noexcept;

    // session_io.cpp
    template <void (session::*Then)()>
    friend class socket_handler;
    template <void (session::*Then)()>
    void on_socket(unsigned registration);
    void wait_begins();
    void wait_is_over() noexcept;
    void wait_was_dropped() noexcept;
    void wait_readable();
    void wait_writable();
    void on_readable();
    void on_writable();
    bool consume();
    void reregister();
    void watch_deadline(clock::time_point when);
    void on_deadline();
    void on_expired(request& r, clock::time_point now);

    // session.cpp
    bool needs_no_look(const request& r, bool small) const noexcept;
    bool is_idle() const noexcept;
    bool admit(request& r);
    void lose(error why);
    void end_all(const error& why);
    void complete(request& r) noexcept;
    void complete(request& r, error outcome) noexcept;
    void run_completions();
    void run_completions_later();
    void notify_others();
    void tell_abandoned();
    void disconnect(bool politely) noexcept;

    PGconn* libpq() const noexcept { return libpq_; }

    using flag = std::uint8_t;

    // What every query touches comes first and lies together. The server and the kernel have used the caches in the meantime: a
    // cache line that has to be fetched costs as much as dozens of instructions.

    // What keeps requests waiting. Bits side by side: each request asks for the first three at once. (Of type bool, GCC 12 and
    // clang would test one after the other.)
    struct {
        flag closed : 1 = false;
        flag blocked : 1 = false;   // libpq holds bytes that the socket would not take
        flag exclusive : 1 = false; // the one in flight is outside of pipeline mode: nothing can join it
        // What makes requests be looked at more closely.
        flag limits_all : 1 = false; // those without a deadline, too
        flag by_hand : 1 = false;    // somebody has sent the text of a BEGIN
        flag asks_whose : 1 = true;  // whose session it is was not known yet, when that was looked at last
        flag streaming : 1 = false;  // a stream is open
        flag observed : 1 = false;   // somebody wants to be told
    } gate_;
    // Who has to be told when answers were taken: asked for together, too.
    struct {
        flag has_observer : 1 = false;
        flag abandoning : 1 = false;   // the callers of requests that were given up
        flag giving_up : 1 = false;    // requests in flight were given up, or a cancel plan is being carried out
        flag reading_rows : 1 = false; // a large result is being read in slices
        flag streaming : 1 = false;    // what comes is a stream's
        flag in_chunks : 1 = false;    // a request in flight may give its rows in chunks
    } notify_;
    naming naming_;
    PGconn* libpq_; // made_.connection, until it is gone
    request_queues queues_;
    send_progress sending_;
    head_progress head_;
    transaction_stack transaction_;
    server_facts server_;
    lane_state lane_;
    detail::type_catalogue_ptr types_;
    session_options options_;
    command_queue expected_;
    socket_waits io_;
    statement_cache cache_;

    // The rest is for starts, ends, failures and large requests.
    established made_;
    std::shared_ptr<const connection_facts> facts_; // for observers, if there are any
    deadline_timer timer_;
    statement_retry retry_;
    row_slices rows_;
    row_formats formats_;
    type_resolution resolution_;
    setting_changes settings_;
    cancellation cancelling_;
    stream_progress stream_;
    error ended_by_; // why the session is over
};

} // namespace pgcoro::wire
