// SPDX-License-Identifier: BSL-1.0
// The asynchronous shell: asks the plan what to do, does it, tells the plan how it went.
#include "connect/connector.hpp"

#include "base/random_source.hpp"
#include "connect/connect_options.hpp"
#include "connect/connect_settings.hpp"
#include "connect/endpoint_plan.hpp"
#include "connect/handshake.hpp"
#include "connect/settings_memory.hpp"
#include "connect/tls_facts.hpp"

#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <poll.h>

namespace pgcoro::wire {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// As it mostly can at once, on a Unix socket and on a loopback address: one system call instead of five.
bool can_write(int socket) noexcept {
    pollfd asked{socket, POLLOUT, 0};
    return ::poll(&asked, 1, 0) > 0;
}

class running_connector final : public connector, public std::enable_shared_from_this<running_connector> {
public:
    running_connector(const asio::any_io_executor& executor, connect_config config, clock::time_point deadline, handler done,
                      bool with_descriptor)
        : executor_(executor),
          strand_(asio::make_strand(executor)),
          resolver_(strand_),
          timer_(strand_),
          config_(std::move(config)),
          deadline_(deadline),
          done_(std::move(done)),
          with_descriptor_(with_descriptor) {}

    ~running_connector() { drop_attempt(); }

    void cancel() override {
        asio::post(strand_, [self = shared_from_this()] { self->finish(detail::aborted()); });
    }

    void begin_soon() {
        asio::post(strand_, [self = shared_from_this()] { self->begin(); });
    }

private:
    using action = endpoint_plan::action;

    void begin() {
        if (!done_) {
            return; // cancelled before it began
        }
        const auto& memory = config_.details().memory;
        auto settings = memory ? memory->settings_of(config_) : settings_memory().settings_of(config_);
        if (!settings) {
            return finish(settings.error());
        }
        settings_ = std::move(settings).value();
        if (const auto limit = config_.details().timeout; limit && limit->count() > 0) {
            deadline_ = std::min(deadline_, detail::from_now(*limit));
        }
        notices_ = std::make_shared<notice_hook>(config_.details().on_notice);
        plan_.emplace(settings_->servers, settings_->plan, random_source());
        advance(plan_->start());
    }

    /// Does what the plan says, until something has to be waited for.
    void advance(action what) {
        for (;;) {
            ++turn_;
            if (const auto* stop = std::get_if<endpoint_plan::give_up>(&what)) {
                return complete(stop->reason);
            }
            if (const auto* rest = std::get_if<endpoint_plan::pause>(&what)) {
                return arm_timer(rest->delay, &running_connector::on_paused);
            }
            arm_timer(settings_->attempt_timeout, &running_connector::on_attempt_timeout);
            if (const auto* name = std::get_if<endpoint_plan::look_up>(&what)) {
                return look_up(name->host);
            }
            const auto& attempt = std::get<endpoint_plan::attempt>(what);
            attempt_.emplace(attempt.where, settings_->pins, challenge_watch(config_.details().scram_iterations_limit));
            where_ = attempt.where;
            wanted_ = attempt.wanted;
            auto next = run_attempt(attempt_->start(attempt_parameters(*settings_, attempt), *notices_));
            if (!next) {
                return;
            }
            what = std::move(*next);
        }
    }

    /// Until it has to wait, or is ready. What to do next, if it failed.
    std::optional<action> run_attempt(handshake::step step) {
        // As often as libpq writes in a row, at most: whatever it waits for, the loop has its turn.
        constexpr int most = 4;
        for (int i = 0; i != most && step == handshake::step::wait_writable && can_write(attempt_->socket()); ++i) {
            step = proceed();
        }
        if (step == handshake::step::failed) {
            return attempt_failed();
        }
        if (step == handshake::step::ready) {
            succeed();
            return {};
        }
        const auto failure = wait_for_socket(step);
        if (!failure) {
            return {};
        }
        drop_attempt();
        return plan_->failed(failure);
    }

    handshake::step proceed() {
        const auto step = attempt_->proceed();
        // Once waited to write, a reactor goes on to wake for it. And libpq may have had us wait on another socket than the
        // server's, as it does for OAuth.
        if (waited_to_write_ || attempt_->socket() != waited_on_ || !attempt_->has_kept_socket()) {
            descriptor_.reset();
        }
        return step;
    }

    action attempt_failed() {
        auto why = attempt_->failure();
        drop_attempt();
        return plan_->failed(std::move(why));
    }

    void look_up(const std::string& host) {
        resolver_.async_resolve(host, "", [self = shared_from_this(), turn = turn_](error_code failure, const auto& found) {
            if (turn != self->turn_) {
                return;
            }
            std::vector<std::string> addresses;
            for (const auto& entry : found) {
                auto address = entry.endpoint().address().to_string();
                if (std::ranges::find(addresses, address) == addresses.end()) {
                    addresses.push_back(std::move(address));
                }
            }
            self->advance(failure ? self->plan_->failed(failure) : self->plan_->resolved(std::move(addresses)));
        });
    }

    error_code wait_for_socket(handshake::step step) {
        if (!descriptor_) {
            waited_on_ = attempt_->socket();
            if (const auto failure = descriptor_.emplace(executor_).duplicate(waited_on_)) {
                return failure;
            }
        }
        waited_to_write_ = step == handshake::step::wait_writable;
        const auto what = waited_to_write_ ? socket::direction::write : socket::direction::read;
        descriptor_->async_wait(what, asio::bind_executor(strand_, [self = shared_from_this(), turn = turn_](error_code) {
                                    if (turn == self->turn_) {
                                        self->on_socket_ready();
                                    }
                                }));
        return {};
    }

    void on_socket_ready() {
        if (auto next = run_attempt(proceed())) {
            advance(std::move(*next));
        }
    }

    void succeed() {
        established e;
        e.notices = notices_;
        for (const auto& [keyword, file] : config_.details().files) {
            e.files.push_back(file);
        }
        e.connection = attempt_->take();
        if (with_descriptor_) {
            e.descriptor = std::exchange(descriptor_, std::nullopt);
        }
        e.tls = read_tls_facts(e.connection.get());
        e.host = where_.host;
        e.address = where_.address;
        e.port = where_.port;
        e.wanted = wanted_;
        e.failures = plan_->failures();
        complete(std::move(e));
    }

    void arm_timer(std::optional<std::chrono::milliseconds> limit, void (running_connector::*on_time)()) {
        timer_.expires_at(limit ? std::min(deadline_, detail::from_now(*limit)) : deadline_);
        timer_.async_wait([self = shared_from_this(), turn = turn_, on_time](error_code failure) {
            if (failure || turn != self->turn_) {
                return;
            }
            if (clock::now() >= self->deadline_) {
                self->finish(errc::timed_out);
            } else {
                (*self.*on_time)();
            }
        });
    }

    void on_paused() { advance(plan_->paused()); }

    void on_attempt_timeout() {
        drop_attempt();
        advance(plan_->failed(
            {errc::timed_out, "no answer within " + std::to_string(settings_->attempt_timeout->count()) + " ms"}));
    }

    void drop_attempt() noexcept {
        descriptor_.reset();
        attempt_.reset();
    }

    void finish(error why) {
        if (done_) {
            complete(plan_ ? plan_->ended_by(std::move(why)) : std::move(why));
        }
    }

    void complete(result<established> outcome) {
        ++turn_;
        timer_.cancel();
        resolver_.cancel();
        drop_attempt();
        std::exchange(done_, nullptr)(std::move(outcome));
    }

    asio::any_io_executor executor_;
    asio::strand<asio::any_io_executor> strand_;
    tcp::resolver resolver_;
    std::optional<wire::socket> descriptor_; // of the attempt's socket, once it has been waited for
    int waited_on_ = -1;                     // the number that libpq has for it
    bool waited_to_write_ = false;
    asio::steady_timer timer_;
    connect_config config_;
    clock::time_point deadline_;
    handler done_;
    bool with_descriptor_;
    std::shared_ptr<const connect_settings> settings_;
    std::shared_ptr<notice_hook> notices_;
    std::optional<endpoint_plan> plan_;
    std::optional<handshake> attempt_;
    endpoint where_;
    session_attrs wanted_ = session_attrs::any;
    // Counts what the plan had us do: a handler of something earlier has nothing to say any more.
    unsigned turn_ = 0;
};

} // namespace

std::shared_ptr<connector> connector::start(asio::any_io_executor executor, connect_config config, clock::time_point deadline,
                                            handler done, bool with_descriptor) {
    if (const auto& helper = config.details().helper) {
        executor = helper;
    }
    auto running = std::make_shared<running_connector>(executor, std::move(config), deadline, std::move(done), with_descriptor);
    running->begin_soon();
    return running;
}

} // namespace pgcoro::wire
