// SPDX-License-Identifier: BSL-1.0
// A stream that is up: what comes, who waits for it, and what the server is told.
#include "replication/replication_session.hpp"

#include "base/loop_handler.hpp"
#include "base/random_source.hpp"
#include "connect/connect_options.hpp"
#include "libpq/server_error.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/observer.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace pgcoro::replication {

namespace asio = boost::asio;

replication_session::replication_session(std::shared_ptr<replication_link> link, std::string slot, replication_options options)
    : link_(std::move(link)),
      slot_(std::move(slot)),
      options_(std::move(options)),
      backoff_(options_.backoff),
      random_(random_source()),
      timer_(link_->where().executor()) {}

/// Reads on until there is an event. False: nothing more has come.
bool replication_session::advance() {
    std::size_t size = 0;
    while (!current_ && state_ == state::up) {
        const auto got = link_->sender()->take(bytes_, size);
        if (const error& missing = link_->publication_warning()) [[unlikely]] {
            on_lost(error(errc::no_such_publication, missing.message())); // what follows lacks its changes
            return false;
        }
        switch (got) {
        case walsender::got::nothing: return offer_keepalive();
        case walsender::got::end: on_lost(link_->sender()->end_of_stream()); break;
        case walsender::got::message: on_message({reinterpret_cast<const std::byte*>(bytes_.get()), size}); break;
        }
    }
    return current_.has_value();
}

bool replication_session::on_message(std::span<const std::byte> bytes) {
    const auto message = read_stream_message(bytes);
    if (!message) {
        on_lost(error(errc::malformed_value, "the replication stream has a message of an unknown kind"));
        return false;
    }
    attempts_ = 0;
    if (const auto* data = std::get_if<data_message>(&*message)) {
        return on_data(*data);
    }
    on_keepalive(std::get<keepalive_message>(*message));
    return false;
}

bool replication_session::on_data(const data_message& data) {
    server_end_ = std::max(server_end_, data.server_end);
    status_.on_data(data.start);
    event& e = current_.emplace();
    if (error failure = decoder_.decode(data.content, e)) {
        current_.reset();
        on_lost(failure);
        return false;
    }
    if (const auto* described = std::get_if<relation>(&e)) {
        return resolve(described->table);
    }
    if (!repeated_.is_new(e)) {
        current_.reset();
        return false;
    }
    if (const lsn end = repeated_transactions::end_of(e); end != lsn()) {
        status_.on_complete(end);
    } else if (std::holds_alternative<begin>(e) || std::holds_alternative<begin_prepare>(e) ||
               std::holds_alternative<stream_start>(e)) {
        status_.on_part();
    } else if (std::holds_alternative<stream_stop>(e)) {
        status_.on_part_over(); // the rest may come much later, and ends behind everything that comes before
    }
    return true;
}

void replication_session::on_keepalive(const keepalive_message& message) {
    server_end_ = std::max(server_end_, message.end);
    status_.on_keepalive(message.end);
    if (message.wants_reply) {
        send_status(false);
        keepalive_due_ = {}; // as when the server is to shut down
    }
}

/// Gives the position of a keepalive as an event, now and then. True if it does.
bool replication_session::offer_keepalive() {
    const lsn end = status_.offer();
    if (end == lsn()) {
        return false;
    }
    const auto now = clock::now();
    if (keepalive_due_ > now) {
        return false; // until the next status
    }
    keepalive_due_ = now + options_.status_interval;
    current_ = keepalive{end};
    return true;
}

/// The consumer has the event. When it asks for the next one, it is done with a keepalive.
event replication_session::hand_over() {
    const auto* k = std::get_if<keepalive>(&*current_);
    offered_ = k ? k->end : lsn();
    event next = std::move(*current_);
    current_.reset();
    return next;
}

void replication_session::done_with_offer() { status_.confirm(std::exchange(offered_, lsn())); }

std::optional<event> replication_session::try_next() {
    done_with_offer();
    return advance() ? std::optional<event>(hand_over()) : std::nullopt;
}

bool replication_session::read(event_reader& r) {
    if (reader_) {
        return false;
    }
    done_with_offer();
    reader_ = &r;
    if (r.expires() != clock::time_point::max()) {
        watch(r.expires());
    }
    go_on_later();
    return true;
}

bool replication_session::withdraw(event_reader& r) noexcept {
    if (reader_ != &r) {
        return false;
    }
    reader_ = nullptr;
    return true;
}

void replication_session::go_on_later() noexcept {
    if (!std::exchange(going_on_, true)) {
        asio::post(where().executor(), loop_handler(shared_from_this(), [](replication_session& s) {
                       s.going_on_ = false;
                       s.go_on();
                   }));
    }
}

void replication_session::go_on() {
    const detail::bound_executor::handling here(where());
    if (!reader_) {
        return;
    }
    if (advance()) {
        event_reader& r = *std::exchange(reader_, nullptr);
        r.finish(hand_over());
    } else if (failure_) {
        std::exchange(reader_, nullptr)->finish(failure_);
    } else if (state_ == state::up) {
        if (status_.confirmed() > told_) {
            send_status(false); // there is time
        }
        wait_for_data();
    }
}

void replication_session::wait_for_data() {
    if (state_ != state::up || std::exchange(is_waiting_, true)) {
        return;
    }
    link_->sender()->socket().async_wait(
        asio::posix::descriptor_base::wait_read,
        loop_handler(shared_from_this(), [generation = generation_](replication_session& s, boost::system::error_code) {
            if (generation == s.generation_) {
                s.is_waiting_ = false;
                s.on_readable();
            }
        }));
}

void replication_session::on_readable() {
    if (state_ != state::up) {
        return;
    }
    has_heard_ = true;
    answer_by_ = clock::time_point::max();
    if (!link_->sender()->read()) {
        // What came before is still there to be read, the server's last words included.
        static_cast<void>(advance());
        if (!current_ && state_ == state::up) {
            on_lost(link_->sender()->why_lost());
        }
    }
    go_on();
}

void replication_session::tell_lag() const noexcept {
    if (const auto& observers = link_->config().details().observers; observers && server_end_ != lsn()) {
        const replication_event e{slot_, server_end_ > told_ ? server_end_.value - told_.value : 0};
        observers->each([&](observer& o) { o.on_replication(e); });
    }
}

void replication_session::send_status(bool wants_reply) {
    schedule_status();
    if (is_writing_ || !link_->sender()) {
        return; // the next one will say more
    }
    told_ = status_.confirmed();
    tell_lag();
    repeated_.confirmed(told_);
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    has_heard_ = false;
    if (!link_->sender()->send(status_update(status_.received(), told_, now, wants_reply))) {
        return; // what has come is read first; then the loss is noticed
    }
    if (wants_reply) {
        answer_by_ = detail::from_now(options_.answer_timeout);
        watch(answer_by_);
    }
    if (link_->sender()->wants_to_write()) {
        wait_to_write();
    }
}

void replication_session::wait_to_write() {
    if (std::exchange(is_writing_, true)) {
        return;
    }
    link_->sender()->socket().async_wait(
        asio::posix::descriptor_base::wait_write,
        loop_handler(shared_from_this(), [generation = generation_](replication_session& s, boost::system::error_code) {
            if (generation != s.generation_) {
                return;
            }
            s.is_writing_ = false;
            if (s.link_->is_open() && s.link_->sender()->flush() && s.link_->sender()->wants_to_write()) {
                s.wait_to_write();
            }
        }));
}

void replication_session::schedule_status() {
    auto interval = std::max(options_.status_interval, std::chrono::milliseconds(1));
    if (const auto limit = link_->server_timeout(); limit.count() > 0) {
        interval = std::min(interval, std::max(limit / 3, std::chrono::milliseconds(1)));
    }
    status_at_ = detail::from_now(interval);
    watch(status_at_);
}

void replication_session::confirm(lsn durable) {
    status_.confirm(durable);
    if (reader_ && state_ == state::up && status_.confirmed() > told_) {
        send_status(false); // the one who waits has nothing to do it for us
    }
}

void replication_session::on_deadline() {
    if (state_ == state::over) {
        return; // was queued already
    }
    const auto now = clock::now();
    if (connect_at_ <= now) {
        connect_at_ = clock::time_point::max();
        connect_again();
    }
    if ((state_ == state::connecting || state_ == state::stopping) && answer_by_ <= now) {
        answer_by_ = clock::time_point::max();
        is_late_ = true;
        link_->close(); // which ends what waits there
    }
    const bool streams = state_ == state::up || state_ == state::resolving;
    if (streams && answer_by_ <= now) {
        on_lost(error(errc::timed_out, "the server did not answer a status update"));
    } else if (streams && status_at_ <= now) {
        // Only who reads can be told something.
        send_status(is_waiting_ && !has_heard_ && answer_by_ == clock::time_point::max());
        go_on_later(); // a keepalive may be due
    }
    auto next = std::min({connect_at_, status_at_, answer_by_});
    if (reader_) {
        if (reader_->expires() <= now) {
            std::exchange(reader_, nullptr)->finish(error(errc::timed_out));
        } else {
            next = std::min(next, reader_->expires());
        }
    }
    if (state_ != state::over && next != clock::time_point::max()) {
        watch(next);
    }
}

void replication_session::drop_all() noexcept {
    state_ = state::over;
    if (event_reader* const r = std::exchange(reader_, nullptr)) {
        r->dropped();
    }
}

} // namespace pgcoro::replication
