// SPDX-License-Identifier: BSL-1.0
// Asking, lending, taking back.
#include "pool/pool_session.hpp"

#include "base/loop_handler.hpp"
#include "base/steady_now.hpp"
#include "connect/connect_options.hpp"
#include "connection/connection_access.hpp"
#include "pool/lease.hpp"
#include "pool/pooler_rules.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/stream_request.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

namespace pgcoro::pooling {

namespace asio = boost::asio;
using detail::connection_access;

[[gnu::always_inline]] inline void pool_session::lend(slot& s, request& r) noexcept {
    if (r.is_observed) [[unlikely]] {
        detail::observation::of(r).reached(s.since);
        detail::lender_of(r) = &s;
    } else {
        r.lent_by = &s;
    }
    note_traces(s, r);
    connection_access::session_of(s.conn)->submit(r);
}

/// A statement that waits for a connection to run on. It lies in the memory the pool keeps for requests.
class pool_session::queued_statement final : public borrower, public detail::lender {
public:
    static queued_statement& make(pool_session& e, request& r) { return *::new (e.blocks().allocate()) queued_statement(e, r); }

    void lent(slot& s) noexcept override {
        pool_session& e = pool_;
        e.lend(s, end());
    }
    void refused(error why) noexcept override {
        pool_session& e = pool_;
        e.fail(end(), std::move(why));
    }
    void dropped() noexcept override { end().drop(); }
    void cancel(request&, error why) noexcept override {
        pool_.withdraw(*this);
        pool_.tell_acquired(clock::now() - since, why);
        refused(std::move(why));
    }
    void over(request&) noexcept override {}
    void given_up(request&) noexcept override {}

private:
    queued_statement(pool_session& e, request& r) noexcept : pool_(e), request_(r) { detail::lender_of(r) = this; }

    request& end() noexcept {
        request& r = request_;
        detail::block_pool& blocks = pool_.blocks();
        this->~queued_statement();
        blocks.release(this);
        detail::lender_of(r) = nullptr;
        return r;
    }

    pool_session& pool_;
    request& request_;
};

void slot::over(detail::request& r) noexcept { pool.statement_over(*this, r); }
void slot::given_up(detail::request&) noexcept { pool.statement_given_up(*this); }
void slot::cancel(detail::request& r, error why) noexcept { connection_access::session_of(conn)->cancel(r, std::move(why)); }

namespace {

/// A century is as good as forever, and can be added to the time.
pool_options within_reason(pool_options options) {
    options.retry.maximum = std::min(options.retry.maximum, longest_duration);
    for (auto* const duration :
         {&options.acquire_timeout, &options.max_lifetime, &options.idle_timeout, &options.trust_for, &options.validate_after,
          &options.validate_timeout, &options.reset_timeout, &options.setup_timeout, &options.leak_after,
          &options.slow_acquire_after, &options.command_timeout}) {
        *duration = std::clamp(*duration, std::chrono::milliseconds(0), longest_duration);
    }
    if (options.behind_pooler) {
        options.reset = reset_policy::none;
    }
    return options;
}

connect_config for_options(connect_config config, const pool_options& options) {
    if (options.behind_pooler) {
        config.behind_pooler().server_deadlines(false);
    }
    for (const auto& o : options.observers) {
        config.observe(o);
    }
    return detail::for_pool(std::move(config), options.name);
}

} // namespace

pool_session::pool_session(asio::any_io_executor executor, connect_config config, const pool_options& options)
    : detail::request_target(executor),
      config_(for_options(std::move(config), options)),
      options_(within_reason(options)),
      core_(options_),
      timer_(executor) {
    be_observed_by(config_.details().observers);
    is_unusual_ = options_.behind_pooler || observers();
    is_watched_ = observers() && observers()->wants_pool_events();
    is_announced_ = options_.hooks.on_acquire || options_.hooks.on_release || is_watched_;
    finds_traces_ = options_.reset == reset_policy::automatic && !options_.reset_hook;
}

pool_session::~pool_session() {
    drop_all();
    if (is_watched_) {
        tell({}); // as the last, for it is gone
    }
}

std::shared_ptr<const detail::observer_list> pool_session::shared_observers() const { return config_.details().observers; }

void pool_session::submit(request& r) noexcept {
    const auto now = steady_now();
    r.at = request::stage::waiting;
    if (r.expires == time_point::max() && options_.command_timeout.count() > 0) {
        r.expires = now + options_.command_timeout;
    }
    if (is_unusual_ && !look_closer(r, now)) [[unlikely]] {
        return;
    }
    if (member* const m = core_.take(now)) [[likely]] {
        auto& s = static_cast<slot&>(*m);
        ++counted_.requests_num;
        s.where.reset();
        if (is_announced_) [[unlikely]] {
            tell_lent(s, {});
        }
        lend(s, r);
        if (timer_at_ > core_.wake()) [[unlikely]] {
            wait_for_time();
        }
    } else if (r.outcome) {
        fail(r, r.outcome); // cancelled on its way here
    } else {
        ask(queued_statement::make(*this, r), r.expires);
    }
}

/// False if it is refused. Part of `submit`: a call would be a tenth of what it costs to be observed.
[[gnu::always_inline]] inline bool pool_session::look_closer(request& r, time_point now) noexcept {
    if (observers()) {
        detail::observation::begin_here(*this, r, now);
    }
    return !options_.behind_pooler || suits_pooler(r);
}

/// False if it is refused.
[[gnu::noinline]] bool pool_session::suits_pooler(request& r) noexcept {
    if (error refusal = refused_by_pooler(r, true)) {
        fail(r, std::move(refusal));
        return false;
    }
    return true;
}

void pool_session::cancel(request& r, error why) noexcept {
    if (detail::lender* const l = detail::lender_of(r)) {
        l->cancel(r, std::move(why));
    } else if (r.at == request::stage::made) {
        // On its way here from another thread: `submit`, or the session it is passed to, will see it.
        r.outcome = std::move(why);
        r.expires = time_point::min();
    }
}

void pool_session::ask(borrower& b, time_point deadline) {
    const auto now = clock::now();
    ++counted_.requests_num;
    b.expires = deadline;
    if (options_.acquire_timeout.count() > 0) {
        b.expires = std::min(b.expires, now + options_.acquire_timeout);
    }
    if (member* const m = core_.take(now)) {
        auto& s = static_cast<slot&>(*m);
        s.where = b.where();
        tell_lent(s, {});
        std::erase(openers_, &b);
        b.lent(s);
    } else {
        core_.ask(b, now);
    }
    perform();
}

void pool_session::ask_once(borrower& b, time_point deadline) {
    openers_.push_back(&b);
    ask(b, deadline);
}

bool pool_session::withdraw(borrower& b) noexcept {
    std::erase(openers_, &b);
    return std::erase(closers_, &b) != 0 || std::erase(lookers_, &b) != 0 || core_.withdraw(b);
}

void pool_session::fail(request& r, error why) {
    r.at = request::stage::over;
    r.outcome = why.with(error::nothing_sent);
    const auto drop = [](request* doomed) { doomed->drop(); };
    // Owned by what carries it there: a loop that ends first takes it along.
    asio::post(where().executor(),
               [owned = std::unique_ptr<request, decltype(drop)>(&r, drop)]() mutable { owned.release()->finish(); });
}

/// To somebody who waited, if only for a check.
void pool_session::lend(slot& s, borrower& b) {
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(s.since - b.since);
    ++counted_.requests_queued;
    counted_.wait.add(waited);
    s.where = b.where();
    tell_lent(s, waited);
    if (options_.slow_acquire_after.count() > 0 && waited > options_.slow_acquire_after && options_.hooks.on_slow_acquire) {
        options_.hooks.on_slow_acquire({.where = b.where(),
                                        .duration = std::chrono::duration_cast<std::chrono::milliseconds>(waited),
                                        .backend_pid = s.conn.backend_pid()});
    }
    std::erase(openers_, &b);
    b.lent(s);
}

void pool_session::note_traces(slot& s, const request& r) noexcept {
    if (!finds_traces_) {
        return;
    }
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        s.left = std::max(s.left, detail::is_simple(r) ? traces_of_script(text.view()) : finder_.traces_of(text));
    }
}

void pool_session::statement_over(slot& s, request&) noexcept { give_back(s); }

/// Its results are still to come, and nobody else can have the connection until then.
void pool_session::statement_given_up(slot& s) noexcept {
    s.unsettled = true;
    give_back(s);
}

void pool_session::give_back(slot& s) noexcept {
    const auto now = clock::now();
    count_usage(s, now);
    if (is_announced_) [[unlikely]] {
        tell_released(s, now);
    }
    if (!s.conn.is_open()) {
        counted_.connections_lost += core_.is_closed() ? 0 : 1; // else we closed it ourselves
        core_.lost(s, now);
    } else if (!core_.is_closed() && needs_cleaning(s)) {
        clean(s);
    } else {
        put_back(s, now);
    }
    perform();
}

/// It is whole and clean. Its server may not be what it was.
void pool_session::put_back(slot& s, time_point now) {
    const bool may_be_lent = static_cast<wire::session&>(*connection_access::session_of(s.conn)).may_be_lent(s.uses);
    if (may_be_lent) [[likely]] {
        core_.give_back(s, now);
    } else {
        core_.turned(s, now);
    }
}

void pool_session::throw_away(slot& s) noexcept {
    const auto now = clock::now();
    count_usage(s, now);
    if (is_announced_) [[unlikely]] {
        tell_released(s, now);
    }
    core_.discard(s, now);
    perform();
}

/// Whatever it does may give the core more to say.
void pool_session::perform() {
    if (std::exchange(is_performing_, true)) {
        return;
    }
    while (const auto a = core_.next()) {
        perform(*a);
    }
    is_performing_ = false;
    if (is_announced_) {
        tell_change();
    }
    settle_closers();
    if (!lookers_.empty()) [[unlikely]] {
        settle_lookers(clock::now());
    }
    wait_for_time();
}

void pool_session::perform(const pool_core::action& a) {
    using kind = pool_core::action::kind;
    slot* const s = static_cast<slot*>(a.which);
    switch (a.what) {
    case kind::connect: connect(); break;
    case kind::probe: probe(*s); break;
    case kind::ping: ping(*s); break;
    case kind::lend: lend(*s, static_cast<borrower&>(*a.who)); break;
    case kind::refuse: {
        auto& b = static_cast<borrower&>(*a.who);
        std::erase(openers_, &b);
        ++counted_.requests_errors;
        error why = refusal_error(a.why);
        tell_acquired(clock::now() - b.since, why);
        b.refused(std::move(why));
        break;
    }
    case kind::close: remove(*s); break;
    case kind::report: report(*s); break;
    }
}

void pool_session::remove(slot& s) {
    if (options_.hooks.on_close) {
        options_.hooks.on_close(s.conn);
    }
    const auto found = std::find_if(slots_.begin(), slots_.end(), [&](const auto& owned) { return owned.get() == &s; });
    const auto gone = std::exchange(*found, std::move(slots_.back()));
    slots_.pop_back();
    gone->conn.close();
}

// Somebody must be there for those who wait when the executor goes: the timer is set then, if only for the end of time. It is
// not stopped when what it was set for has happened, except at the very end: setting it costs more than a vain look around.
void pool_session::wait_for_time() {
    auto when = core_.is_closed() ? cut_at_ : std::min(core_.wake(), cut_at_);
    for (const borrower* const b : lookers_) {
        when = std::min(when, b->expires);
    }
    const bool is_needed = core_.waiting() != 0 || !closers_.empty() || !lookers_.empty() || when != time_point::max();
    if (!is_needed) {
        if (std::exchange(timer_is_set_, false)) {
            timer_at_ = time_point::max();
            timer_.cancel();
        }
        return;
    }
    if (timer_is_set_ && timer_at_ <= when) {
        return;
    }
    timer_is_set_ = true;
    timer_at_ = when;
    timer_.expires_at(when);
    timer_.async_wait(loop_handler(shared_from_this(), [](pool_session& e, boost::system::error_code failed) {
        if (!failed) {
            e.on_time();
        }
    }));
}

void pool_session::on_time() {
    timer_is_set_ = false;
    timer_at_ = time_point::max();
    const auto now = clock::now();
    if (cut_at_ <= now) {
        cut();
    }
    core_.tick(now);
    perform();
}

} // namespace pgcoro::pooling
