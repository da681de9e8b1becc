// SPDX-License-Identifier: BSL-1.0
// The operations of a cursor: what they ask the server for, and when they are complete.
#include <pgcoro/detail/cursor_state.hpp>

#include "base/loop_handler.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace pgcoro::detail {
namespace {

/// The connection's other cursors must not have it, and no two of the program do. It shows up in pg_cursors and in the log.
std::string new_name() {
    static std::atomic<std::uint64_t> last = 0;
    return "pgcoro_c" + std::to_string(++last);
}

std::string text_of(cursor_request::kind what, int count, const std::string& name) {
    using kind = cursor_request::kind;
    const std::string rows = count < 0 ? "backward " + std::to_string(-count) : std::to_string(count);
    switch (what) {
    case kind::declare: break;
    case kind::fetch: return "fetch " + rows + " from " + name;
    case kind::move: return "move " + rows + " from " + name;
    case kind::close: return "close " + name;
    }
    return {};
}

} // namespace

cursor_state::cursor_state(std::shared_ptr<transaction_scope> scope, std::shared_ptr<void> lease, const cursor_options& options,
                           statement_text query, parameters values, rows_wanted wanted)
    : scope_(std::move(scope)),
      lease_(std::move(lease)),
      name_(new_name()),
      query_(std::move(query)),
      values_(std::move(values)),
      wanted_(wanted),
      scrolls_(options.scroll),
      holds_(options.hold),
      plan_(options) {
    std::string text =
        "declare " + name_ + (scrolls_ ? " scroll" : " no scroll") + " cursor" + (holds_ ? " with hold" : "") + " for ";
    prefix_ = text.size();
    declaration_ = statement_text(text.append(query_.view()));
    declaration_.want(rows_wanted::none);
}

cursor_state::~cursor_state() = default;

error cursor_state::refusal(const cursor_waiter& w) const {
    const bool closes = w.what == cursor_waiter::kind::close;
    if (w.expires <= clock::now()) {
        return errc::timed_out;
    }
    if (stage_ == stage::closed || closes) {
        return closes ? error() : error(make_error_code(sqlstate::invalid_cursor_name), "the cursor is closed");
    }
    if (lost_) {
        return lost_;
    }
    if (is_over() && !outlives_transaction()) {
        return scope_->failure ? scope_->failure : errc::transaction_over;
    }
    if (w.wanted.value_or(0) < 0 && !scrolls_) {
        return error(errc::value_out_of_range, "a cursor goes backward only with cursor_options::scroll");
    }
    if (query_.placeholder_count() >= 0 && static_cast<std::size_t>(query_.placeholder_count()) != values_.size()) {
        return errc::parameter_count_mismatch;
    }
    return {};
}

void cursor_state::start(cursor_waiter& w) {
    waiters_.push_back(&w);
    if (waiters_.size() == 1 && is_ready(w)) {
        serve_later();
    }
    watch_deadlines();
}

/// Whether the operation at the front can be completed. Asks for what it lacks.
bool cursor_state::is_ready(cursor_waiter& w) {
    w.is_settled = w.is_settled || w.outcome || can_complete(w);
    return w.is_settled;
}

bool cursor_state::can_complete(cursor_waiter& w) {
    if (!std::exchange(w.is_admitted, true)) {
        if (error e = refusal(w)) {
            w.outcome = e.with(error::nothing_sent);
            return true;
        }
    }
    switch (w.what) {
    case cursor_waiter::kind::open: return is_opened(w);
    case cursor_waiter::kind::fetch: return is_fetched(w);
    case cursor_waiter::kind::move: return is_moved(w);
    case cursor_waiter::kind::close: return is_closed(w);
    }
    return true;
}

bool cursor_state::is_opened(cursor_waiter& w) {
    if (stage_ == stage::fresh) {
        ask(command::declare, 0, w.expires);
        return false;
    }
    return has_failed(w) || stage_ == stage::open;
}

bool cursor_state::is_fetched(cursor_waiter& w) {
    if (!w.wanted) {
        w.wanted = plan_.usual_count();
    }
    const int wanted = *w.wanted;
    if (wanted == 0) {
        return true;
    }
    // Rows that may have to come as text are described before they are fetched, which needs a cursor.
    if (wanted_ == rows_wanted::any && stage_ != stage::open) {
        return is_opened(w);
    }
    if (scrolls_) {
        return is_answered(w, command::fetch);
    }
    if (plan_.has(wanted)) {
        w.rows = std::min<std::uint64_t>(plan_.rows_arrived(), static_cast<std::uint64_t>(wanted));
        return true;
    }
    if (failure_) {
        return has_failed(w);
    }
    if (const int missing = plan_.missing(wanted)) {
        ask(command::fetch, missing, w.expires);
    }
    return false;
}

bool cursor_state::is_moved(cursor_waiter& w) {
    const int wanted = w.wanted.value_or(0);
    if (wanted == 0 || scrolls_) {
        return wanted == 0 || is_answered(w, command::move);
    }
    // Rows that have arrived are moved over here. Those in flight are waited for, and MOVE goes on behind them.
    const int skipped = plan_.take(static_cast<int>(wanted - static_cast<std::int64_t>(w.rows)));
    skip_rows(static_cast<std::size_t>(skipped));
    w.rows += static_cast<std::uint64_t>(skipped);
    const int left = static_cast<int>(wanted - static_cast<std::int64_t>(w.rows));
    if (plan_.has(left)) {
        return true;
    }
    if (failure_) {
        return has_failed(w);
    }
    if (const int missing = plan_.missing(left)) {
        ask(command::move, missing, w.expires);
    }
    return false;
}

bool cursor_state::is_closed(cursor_waiter& w) {
    if (stage_ != stage::closed && !w.has_asked) {
        clear_rows();
        plan_.clear();
        if (stage_ == stage::fresh || is_dead_ || failure_ || (is_over() && !outlives_transaction())) {
            stage_ = stage::closed; // the server has nothing to close
        } else {
            w.has_asked = true;
            ask(command::close, 0, w.expires);
        }
    }
    return stage_ == stage::closed || has_failed(w);
}

/// Of an operation that is one request.
bool cursor_state::is_answered(cursor_waiter& w, command what) {
    if (has_failed(w)) {
        return true;
    }
    if (!std::exchange(w.has_asked, true)) {
        ask(what, *w.wanted, w.expires);
    }
    return in_flight_.empty();
}

/// Everything that was in flight has ended, and something has failed. Then `w` fails, too.
bool cursor_state::has_failed(cursor_waiter& w) {
    if (!failure_ || !in_flight_.empty()) {
        return false;
    }
    w.outcome = std::exchange(failure_, {});
    clear_rows();
    plan_.clear();
    return true;
}

/// Completes the operation at the front, if that can be done, and sends what is fetched ahead before its handler runs.
void cursor_state::serve() {
    if (waiters_.empty()) {
        if (is_released_) {
            close_unawaited();
        }
        return;
    }
    cursor_waiter& w = *waiters_.front();
    if (!is_ready(w)) {
        return;
    }
    waiters_.erase(waiters_.begin());
    if (!w.outcome) {
        if (w.what == cursor_waiter::kind::fetch && !scrolls_) {
            static_cast<void>(plan_.take(static_cast<int>(w.rows)));
        }
        fetch_ahead();
    }
    watch_deadlines();
    if (!waiters_.empty() || is_released_) {
        serve_later();
    }
    w.over();
}

void cursor_state::serve_later() {
    if (std::exchange(is_serving_later_, true)) {
        return;
    }
    boost::asio::post(where().executor(), loop_handler(shared_from_this(), [](cursor_state& s) {
                          const bound_executor::handling here(s.where());
                          s.is_serving_later_ = false;
                          s.serve();
                      }));
}

void cursor_state::fetch_ahead() {
    const bool is_usable = stage_ == stage::open && !is_dead_ && !lost_ && (!is_over() || holds_);
    const int count = is_usable && !is_released_ ? plan_.ahead() : 0;
    if (count != 0) {
        ask(command::fetch, count, expires(), true);
    }
}

/// Sends a request, with the DECLARE before it if it is the first.
void cursor_state::ask(command what, int count, clock::time_point expires, bool is_ahead) {
    const bool declares = stage_ == stage::fresh;
    if (declares) {
        stage_ = stage::declaring;
        closing_ = std::make_unique<cursor_request>(command::close, text_of(command::close, 0, name_), 0);
    }
    if (counts(what)) {
        plan_.asked(count);
    }
    auto text = text_of(what, count, name_);
    std::unique_ptr<cursor_request> made(what == command::fetch ? make_fetch(std::move(text), count)
                                                                : new cursor_request(what, std::move(text), count));
    made->is_ahead = is_ahead;
    in_flight_.reserve(in_flight_.size() + 2); // and the CLOSE
    submit(std::move(made), declares, expires);
}

void cursor_state::submit(std::unique_ptr<cursor_request> made, bool declares, clock::time_point expires) noexcept {
    cursor_request& r = *made.release();
    r.belong_to(shared_from_this(), declares);
    r.expires = expires;
    if (in_flight_.empty()) {
        scope_->add(*this);
    }
    in_flight_.push_back(&r);
    // One that outlives its transaction belongs to what is open around that, if anything.
    transaction_scope* s = scope_.get();
    while (holds_ && s && s->at == transaction_scope::phase::over) {
        s = s->outer.get();
    }
    r.scope = s;
    r.needs_care = s != nullptr;
    scope_->owner->submit(r);
}

void cursor_state::measure(const pg_result* rows) noexcept {
    if (plan_.is_measured()) {
        return;
    }
    const result_view view(rows);
    const int count = std::min(view.rows(), cursor_plan::first_count);
    std::size_t bytes = 0;
    for (int row = 0; row < count; ++row) {
        for (int column = 0, columns = view.columns(); column < columns; ++column) {
            bytes += static_cast<std::size_t>(std::max(view.cell(row, column).length, 0)) + sizeof(int); // and its length
        }
    }
    plan_.measured(static_cast<std::size_t>(count), bytes);
}

} // namespace pgcoro::detail
