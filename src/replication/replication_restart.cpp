// SPDX-License-Identifier: BSL-1.0
// How a stream begins, ends and begins again, and where it learns about types.
#include "replication/replication_session.hpp"

#include "base/loop_handler.hpp"
#include "connection/connection_access.hpp"
#include "replication/stream_retry.hpp"
#include "replication/table_types.hpp"
#include "wire/type_lookup.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pgcoro::replication {

namespace asio = boost::asio;

asio::awaitable<result<>> replication_session::open() {
    const auto self = shared_from_this();
    co_await asio::post(where().executor(), asio::use_awaitable);
    for (int attempt = 1;; ++attempt) {
        if (link_->belongs_to_stream()) { // also one that began during a pause
            co_return replication_link::refusal();
        }
        auto begun = co_await link_->start(slot_, options_.position, options_);
        if (begun) {
            begin_stream(begun.value());
            co_return boost::outcome_v2::success();
        }
        // Only this one: a connection that is lost is the caller's to replace.
        const auto pause = backoff_.delay_before(attempt, random_());
        if (begun.error() != sqlstate::object_in_use || !pause || gave_up_opening_) {
            co_return std::move(begun).error();
        }
        const auto timer = std::make_shared<asio::steady_timer>(where().executor(), detail::from_now(*pause));
        opening_pause_ = timer;
        boost::system::error_code stopped;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, stopped));
        if (gave_up_opening_) {
            co_return std::move(begun).error();
        }
    }
}

void replication_session::stop_opening(bool by_force) noexcept {
    gave_up_opening_ = true;
    if (const auto pause = opening_pause_.lock()) {
        pause->cancel();
    }
    link_->interrupt(by_force);
}

void replication_session::begin_stream(lsn from) {
    ++generation_;
    is_waiting_ = is_writing_ = has_heard_ = false;
    decoder_ = pgoutput();
    repeated_.on_restart(from);
    status_.on_part_over();
    types_ = std::make_shared<const detail::type_catalogue>(PQserverVersion(link_->sender()->get()));
    if (state_ == state::starting) {
        status_ = standby_status(from);
    }
    state_ = state::up;
    send_status(false);
}

void replication_session::on_lost(const error& why) {
    ++generation_;
    current_.reset();
    described_.reset();
    answer_by_ = status_at_ = clock::time_point::max();
    link_->close();
    const auto pause = may_pass(why) ? backoff_.delay_before(++attempts_, random_()) : std::nullopt;
    if (!pause) {
        end_with(why);
        return;
    }
    state_ = state::pausing;
    lost_by_ = why;
    connect_at_ = detail::from_now(*pause);
    watch(connect_at_);
    if (options_.on_lost) {
        asio::post(where().executor(), loop_handler(shared_from_this(), [why](replication_session& s) {
                       if (s.state_ != state::over) {
                           const auto hook = s.options_.on_lost; // which may close the stream
                           hook(why);
                       }
                   }));
    }
}

void replication_session::end_with(const error& why) {
    state_ = state::over;
    failure_ = why;
    connect_at_ = clock::time_point::max();
    timer_.cancel();
    go_on_later();
}

void replication_session::connect_again() {
    state_ = state::connecting;
    asio::co_spawn(
        where().executor(), restart(),
        loop_handler(shared_from_this(), [](replication_session& s, std::exception_ptr thrown, const result<lsn>& begun) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
            s.on_restarted(begun);
        }));
}

void replication_session::on_restarted(const result<lsn>& begun) {
    const bool is_late = std::exchange(is_late_, false);
    if (state_ != state::connecting) {
        link_->close();
    } else if (!begun) {
        on_lost(is_late ? error(errc::timed_out, "the server did not answer") : begun.error());
    } else {
        begin_stream(begun.value());
        current_ = restarted{lost_by_};
        go_on_later();
    }
}

asio::awaitable<result<lsn>> replication_session::restart() {
    auto connected = co_await link_->connect();
    if (!connected) {
        co_return std::move(connected).error();
    }
    if (state_ != state::connecting) {
        co_return error(errc::connection_closed);
    }
    answer_by_ = detail::from_now(options_.answer_timeout);
    watch(answer_by_);
    auto begun = co_await link_->start(slot_, status_.confirmed(), options_);
    answer_by_ = clock::time_point::max();
    co_return begun;
}

/// False while something about its columns has to be asked.
bool replication_session::resolve(const std::shared_ptr<const table>& described) {
    auto unknown = unknown_types(*described, *types_);
    if (unknown.empty()) {
        auto known = with_types(*described, types_);
        decoder_.replace(known);
        current_ = relation{std::move(known)};
        return true;
    }
    described_ = described;
    current_.reset();
    state_ = state::resolving;
    asio::co_spawn(where().executor(), look_up_types(std::move(unknown)),
                   [self = shared_from_this(), generation = generation_](std::exception_ptr thrown,
                                                                         result<detail::type_catalogue_ptr> known) {
                       if (thrown) {
                           std::rethrow_exception(thrown);
                       }
                       if (generation == self->generation_ && self->state_ == state::resolving) {
                           self->on_resolved(std::move(known));
                       }
                   });
    return false;
}

/// A question about types that a coroutine waits for.
struct type_question {
    explicit type_question(const asio::any_io_executor& executor)
        : wake(executor, asio::steady_timer::time_point::max()), lookup([this] {
              is_over = true;
              wake.cancel();
          }) {}
    asio::steady_timer wake;
    wire::type_lookup lookup;
    bool is_over = false;
};

/// A walsender runs no statements while it streams.
asio::awaitable<result<detail::type_catalogue_ptr>> replication_session::look_up_types(std::vector<oid_number> wanted) {
    const auto self = shared_from_this();
    const auto limit = std::chrono::steady_clock::now() + options_.answer_timeout;
    auto made = co_await pgcoro::connect(where().executor(), link_->config()).by(limit);
    if (!made) {
        co_return std::move(made).error();
    }
    const auto asked = std::make_shared<type_question>(where().executor());
    detail::wanted_types types;
    types.numbers = std::move(wanted);
    asked->lookup.ask(types);
    asked->lookup.expires = limit;
    detail::connection_access::session_of(made.value())->submit(asked->lookup);
    boost::system::error_code woken;
    while (!asked->is_over) {
        co_await asked->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    if (asked->lookup.outcome) {
        co_return asked->lookup.outcome;
    }
    co_return std::make_shared<const detail::type_catalogue>(*types_, asked->lookup.take_types());
}

void replication_session::on_resolved(result<detail::type_catalogue_ptr> known) {
    if (!known) {
        on_lost(known.error());
        return;
    }
    types_ = std::move(known).value();
    state_ = state::up;
    auto resolved = with_types(*std::exchange(described_, nullptr), types_);
    decoder_.replace(resolved);
    current_ = relation{std::move(resolved)};
    go_on_later();
}

asio::awaitable<result<>> replication_session::stop() {
    const auto self = shared_from_this();
    co_await asio::post(where().executor(), asio::use_awaitable);
    if (state_ == state::stopping) {
        co_return error(boost::system::errc::make_error_code(boost::system::errc::operation_in_progress),
                        "another stop of this stream waits");
    }
    if (state_ != state::up && state_ != state::resolving) {
        const error why = state_ == state::pausing || state_ == state::connecting ? lost_by_ : failure_;
        close();
        if (why) {
            co_return why;
        }
        co_return boost::outcome_v2::success();
    }
    ++generation_;       // what waits for the socket is void
    is_writing_ = false; // the last status is sent in any case
    send_status(false);
    status_at_ = clock::time_point::max();
    state_ = state::stopping;
    current_.reset();
    if (event_reader* const r = std::exchange(reader_, nullptr)) {
        r->finish(error(errc::connection_closed));
    }
    answer_by_ = detail::from_now(std::chrono::seconds(2));
    watch(answer_by_);
    error failure = co_await link_->sender()->finish_stream();
    if (is_late_) {
        failure = error(errc::timed_out, "the server did not end the stream");
    }
    close();
    if (failure) {
        co_return failure;
    }
    co_return boost::outcome_v2::success();
}

void replication_session::close() noexcept {
    link_->interrupt(true);
    ++generation_;
    if (state_ != state::over) {
        end_with(failure_ ? failure_ : error(errc::connection_closed));
    }
    current_.reset();
}

} // namespace pgcoro::replication
