// SPDX-License-Identifier: BSL-1.0
// The statements of a multiplexer: refused, given to a lane, or kept waiting for one.
#include "multiplexer/mux_session.hpp"
#include "base/loop_handler.hpp"

#include "base/random_source.hpp"
#include "connect/connect_options.hpp"
#include "multiplexer/lane.hpp"
#include "observe/observation.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/session_effect.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <string>

namespace pgcoro::lanes {
namespace {

namespace asio = boost::asio;

/// The first step's text is most often that of all.
bool repeats_text(const request& r, std::size_t step) noexcept { return step != 0 && r.text(step).data() == r.text(0).data(); }

/// What a request that waits keeps in memory, apart from its own size.
std::size_t bytes_of(const request& r) noexcept {
    std::size_t bytes = 0;
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        bytes += r.values(step).byte_size() + (text.is_static() || repeats_text(r, step) ? 0 : text.size());
    }
    return bytes;
}

/// The word by which a request changes its session; empty if none does.
std::string_view session_word_of(const request& r) noexcept {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        if (const auto& text = r.text(step); !text.is_stateless() && !repeats_text(r, step)) {
            if (const auto word = detail::session_word(text.view()); !word.empty()) {
                return word;
            }
        }
    }
    return {};
}

} // namespace

mux_session::mux_session(asio::any_io_executor executor, connect_config config, multiplexer_options options)
    : detail::request_target(executor),
      options_(std::move(options)),
      config_(std::move(config)),
      plan_(std::clamp<std::size_t>(options_.lanes, 1, request::no_lane), options_.backoff, random_source()),
      timer_(executor) {
    for (const auto& o : options_.observers) {
        config_.observe(o);
    }
    be_observed_by(config_.details().observers);
    is_unusual_ = options_.deadline || observers();
    options_.lanes = std::clamp<std::size_t>(options_.lanes, 1, request::no_lane);
    options_.max_in_flight = std::max<std::size_t>(options_.max_in_flight, 1);
    for (std::size_t n = 0; n < options_.lanes; ++n) {
        lanes_.push_back(std::make_unique<lane>(*this, static_cast<std::uint16_t>(n)));
    }
}

mux_session::~mux_session() = default;

[[gnu::hot]] void mux_session::submit(request& r) noexcept {
    if (is_unusual_) [[unlikely]] {
        prepare(r);
    }
    if (is_plain(r)) [[likely]] {
        if (lane* const l = least_loaded(lanes_, options_.max_in_flight)) [[likely]] {
            l->submit(r);
            return;
        }
    }
    admit(r);
}

void mux_session::prepare(request& r) noexcept {
    if (observers() && !r.awaits_lanes) {
        detail::observation::begin_here(*this, r, clock::now());
    }
    if (options_.deadline && r.expires == clock::time_point::max()) {
        r.expires = detail::from_now(*options_.deadline);
    }
}

/// Whether it can go to a lane without a closer look. The lanes of a closed multiplexer take nothing.
[[gnu::always_inline]] inline bool mux_session::is_plain(const request& r) const noexcept {
    return r.steps() == 1 && !r.is_stream && r.text(0).is_stateless() && waiting_.empty();
}

[[gnu::noinline]] void mux_session::admit(request& r) noexcept {
    r.at = request::stage::waiting;
    if (const error refusal = refusal_of(r)) {
        complete(r, refusal.with(error::nothing_sent));
        return;
    }
    wake_lanes();
    if (r.awaits_lanes) {
        openers_.push_back(r);
        watch_deadline(r.expires);
        tell_openers();
        return;
    }
    if (waiting_.empty()) {
        if (lane* const l = least_loaded(lanes_, options_.max_in_flight)) {
            l->submit(r);
            return;
        }
    }
    if (counted_.waiting >= options_.max_waiting || counted_.waiting_bytes >= options_.max_waiting_bytes ||
        bytes_of(r) > options_.max_waiting_bytes - counted_.waiting_bytes) {
        ++counted_.overloaded;
        complete(r, error(errc::overloaded).with(error::nothing_sent));
        return;
    }
    wait(r);
}

error mux_session::refusal_of(request& r) {
    if (r.outcome) {
        return r.outcome; // cancelled on its way here
    }
    if (closed_) {
        return errc::connection_closed;
    }
    if (r.is_stream) {
        ++counted_.refused;
        return error(errc::not_multiplexable,
                     "a stream, COPY or script needs a session of its own, and a multiplexer shares its sessions: use a pool");
    }
    if (const auto word = session_word_of(r); !word.empty()) {
        ++counted_.refused;
        return error(errc::not_multiplexable, "\"" + std::string(word) + "\" changes the session, which a multiplexer shares");
    }
    return r.expires <= clock::now() ? error(errc::timed_out) : error();
}

void mux_session::wait(request& r) {
    waiting_.push_back(r);
    ++counted_.waiting;
    counted_.waiting_bytes += bytes_of(r);
    watch_deadline(r.expires);
}

void mux_session::leave_queue(const request& r) noexcept {
    --counted_.waiting;
    counted_.waiting_bytes -= bytes_of(r);
}

/// A lane that ended had not sent it. It was accepted once: no limit keeps it out.
void mux_session::resubmit(request& r) noexcept {
    r.lane = request::no_lane;
    if (r.is_observed) {
        detail::observation::of(r).left();
    }
    ++counted_.resubmitted;
    wait(r);
}

void mux_session::distribute() noexcept {
    while (!waiting_.empty()) {
        lane* const l = least_loaded(lanes_, options_.max_in_flight);
        if (!l) {
            return;
        }
        request& r = waiting_.take_front();
        leave_queue(r);
        if (r.is_observed) {
            detail::observation::of(r).reached(clock::now());
        }
        l->submit(r);
    }
}

void mux_session::on_progress(std::size_t lane) noexcept {
    plan_.proved(lane);
    if (!waiting_.empty()) {
        distribute();
    }
}

void mux_session::cancel(request& r, error why) noexcept {
    if (r.at == request::stage::made) {
        // On its way here from another thread: `submit` will see it.
        r.outcome = std::move(why);
        r.expires = clock::time_point::min();
    } else if (r.lane != request::no_lane) {
        lanes_[r.lane]->cancel(r, std::move(why));
    } else if (waiting_.remove(r)) {
        leave_queue(r);
        complete(r, why.with(error::nothing_sent));
    } else if (openers_.remove(r)) {
        complete(r, why.with(error::nothing_sent));
    }
}

void mux_session::complete(request& r, error outcome) noexcept {
    r.at = request::stage::over;
    r.outcome = std::move(outcome);
    completed_.push_back(r);
    go_on_later();
}

void mux_session::fail_waiting(const error& why) noexcept {
    while (request* r = waiting_.pop_front()) {
        leave_queue(*r);
        complete(*r, why.with(error::nothing_sent));
    }
}

void mux_session::close(const error& why) noexcept {
    if (closed_) {
        return;
    }
    closed_ = true;
    timer_.cancel();
    for (const auto& l : lanes_) {
        l->close(why);
    }
    fail_waiting(why);
    while (request* r = openers_.pop_front()) {
        complete(*r, why.with(error::nothing_sent));
    }
    events_.clear();
}

void mux_session::drop_all() noexcept {
    const auto self = weak_from_this().lock(); // what keeps us may be one of those
    closed_ = true;
    wire::request_list doomed;
    for (auto* list : {&waiting_, &openers_, &completed_}) {
        doomed.append(*list);
    }
    while (request* r = doomed.pop_front()) {
        r->drop();
    }
}

void mux_session::go_on_later() noexcept {
    if (!std::exchange(going_on_, true)) {
        asio::post(where().executor(), loop_handler(shared_from_this(), [](mux_session& self) {
                       self.going_on_ = false;
                       self.go_on();
                   }));
    }
}

/// Handlers and hooks may do anything: start new statements, close the multiplexer, throw.
void mux_session::go_on() {
    struct scope {
        mux_session& self;
        detail::bound_executor::handling here{self.where()};
        bool all_returned = false;
        explicit scope(mux_session& s) : self(s) {}
        ~scope() {
            if (!all_returned) {
                self.go_on_later(); // one threw: the others have their turn all the same
            }
        }
    } running(*this);
    if (std::exchange(suspects_, false)) {
        for (const auto& l : lanes_) {
            l->suspect();
        }
    }
    distribute();
    while (request* r = completed_.pop_front()) {
        r->finish();
    }
    tell_events();
    running.all_returned = true;
}

void mux_session::watch_deadline(clock::time_point when) { timer_.watch<&mux_session::on_deadline>(*this, when); }

void mux_session::on_deadline() {
    if (closed_) {
        return;
    }
    const auto now = clock::now();
    const auto on_due = [&](request& r) {
        ++counted_.expired;
        cancel(r, why_it_expired());
    };
    watch_deadline(std::min(waiting_.expire(now, on_due), openers_.expire(now, on_due)));
}

/// "Timed out" alone would send people looking for a slow statement.
error mux_session::why_it_expired() const {
    if (plan_.up() != 0) {
        return errc::timed_out;
    }
    const auto& last = counted_.last_connect_error;
    return error(errc::timed_out, "the deadline passed while no connection was up" + (last ? ": " + last.message() : ""));
}

} // namespace pgcoro::lanes
