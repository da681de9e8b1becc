// SPDX-License-Identifier: BSL-1.0
#include "observers/plan_worker.hpp"

#include "connect/connect_options.hpp"
#include "observers/explain_statement.hpp"

#include <pgcoro/result.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pgcoro::observers {
namespace {

namespace asio = boost::asio;

/// The server's limit ends a statement earlier: this is for a server that does not answer.
connect_config for_explaining(connect_config config, const slow_query_plans_options& options) {
    config = detail::without_observers(std::move(config));
    config.on_notice({}).on_notification({});
    config.server_deadlines(false).command_timeout(options.statement_timeout + std::chrono::seconds(10));
    return config;
}

slow_query_plans_options with_clock(slow_query_plans_options options) {
    if (!options.now) {
        options.now = std::chrono::steady_clock::now;
    }
    return options;
}

} // namespace

plan_worker::plan_worker(asio::any_io_executor executor, connect_config config, slow_query_plans_options options)
    : executor_(std::move(executor)),
      config_(for_explaining(std::move(config), options)),
      options_(with_clock(std::move(options))),
      waiting_(options_) {}

plan_worker::open_session::open_session(const activity& of) : worker(*of.worker), stop(of.stop), timer(worker.executor_) {
    worker.session_ = this;
}

plan_worker::open_session::~open_session() {
    if (worker.session_ == this) {
        worker.session_ = nullptr;
    }
}

plan_worker::activity::~activity() {
    if (worker && !has_ended) {
        const std::lock_guard guard(worker->lock_);
        worker->is_running_ = false;
    }
}

void plan_worker::offer(const slow_statement_view& slow) {
    const auto now = options_.now();
    bool is_first = false;
    {
        const std::lock_guard guard(lock_);
        if (is_closed_ || !waiting_.offer(slow, now)) {
            return;
        }
        is_first = !std::exchange(is_running_, true);
    }
    is_first ? start() : wake_up();
}

void plan_worker::close() {
    {
        const std::lock_guard guard(lock_);
        is_closed_ = true;
        waiting_.clear();
        if (!is_running_) {
            return;
        }
    }
    wake_up();
}

// Posted, because co_spawn may begin at once, inside of an observer's function.
void plan_worker::start() {
    activity running(shared_from_this());
    asio::post(executor_, [executor = executor_, running = std::move(running)]() mutable {
        const auto stop = running.stop;
        auto when_done = asio::bind_cancellation_slot(stop->slot(), [stop](std::exception_ptr) {});
        asio::co_spawn(executor, work(std::move(running)), std::move(when_done));
    });
}

void plan_worker::wake_up() {
    asio::post(executor_, [self = shared_from_this()] {
        open_session* const session = self->session_;
        if (!session) {
            return;
        }
        session->timer.cancel();
        if (self->is_closed()) {
            session->db.close();
            session->stop->emit(asio::cancellation_type::terminal);
        }
    });
}

asio::awaitable<void> plan_worker::work(activity running) {
    plan_worker& worker = *running.worker;
    open_session session(running);
    for (;;) {
        std::optional<slow_statement> slow = worker.take();
        if (!slow) {
            bool is_over = worker.is_closed();
            if (!is_over) {
                is_over = co_await wait_for_more(session);
            }
            if (is_over && worker.end_if_empty()) {
                running.has_ended = true; // the next one may have begun
                co_return;
            }
            continue;
        }
        auto plan = co_await plan_of(session, *slow);
        if (plan) {
            slow->plan.plan = std::move(plan).value();
        } else {
            slow->plan.failure = std::move(plan).error();
        }
        if (!worker.is_closed()) {
            worker.keep(std::move(slow->plan));
        }
    }
}

/// True if nothing came for as long as the connection may be idle.
asio::awaitable<bool> plan_worker::wait_for_more(open_session& session) {
    boost::system::error_code ended;
    session.timer.expires_after(session.worker.options_.idle_timeout);
    co_await session.timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return !ended;
}

task<std::string> plan_worker::plan_of(open_session& session, const slow_statement& slow) {
    plan_worker& worker = session.worker;
    if (!session.db.is_open()) {
        BOOST_OUTCOME_CO_TRY(auto made, co_await connect(worker.executor_, worker.config_));
        session.db = std::move(made);
    }
    const std::string name = "pgcoro_slow_" + std::to_string(++worker.prepared_);
    co_return co_await explain_statement(session.db, slow, worker.options_, name);
}

bool plan_worker::is_closed() const {
    const std::lock_guard guard(lock_);
    return is_closed_;
}

std::optional<slow_statement> plan_worker::take() {
    const std::lock_guard guard(lock_);
    return waiting_.take();
}

bool plan_worker::end_if_empty() {
    const std::lock_guard guard(lock_);
    is_running_ = !waiting_.empty();
    return !is_running_;
}

void plan_worker::keep(slow_query_plan made) {
    if (options_.on_plan) {
        try {
            options_.on_plan(made);
        } catch (...) { // NOLINT(bugprone-empty-catch): the next statement is explained all the same
        }
    }
    const std::lock_guard guard(lock_);
    last_.push_back(std::move(made));
    while (last_.size() > options_.kept) {
        last_.pop_front();
    }
}

std::vector<slow_query_plan> plan_worker::last() const {
    const std::lock_guard guard(lock_);
    return {last_.begin(), last_.end()};
}

std::uint64_t plan_worker::skipped() const {
    const std::lock_guard guard(lock_);
    return waiting_.skipped();
}

} // namespace pgcoro::observers
