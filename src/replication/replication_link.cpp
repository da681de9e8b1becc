// SPDX-License-Identifier: BSL-1.0
#include "replication/replication_link.hpp"

#include "connect/connect_options.hpp"
#include "replication/slot_commands.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <utility>

namespace pgcoro::replication {
namespace {

namespace asio = boost::asio;

std::string_view text_of(const PGresult* result, int column) noexcept {
    return {PQgetvalue(result, 0, column), static_cast<std::size_t>(PQgetlength(result, 0, column))};
}

template <class Number>
Number number_of(std::string_view digits, int base = 10) noexcept {
    Number value{};
    std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return value;
}

/// "16/B374D848".
lsn lsn_of(std::string_view text) noexcept {
    const auto slash = text.find('/');
    return slash == text.npos ? lsn()
                              : lsn(number_of<std::uint64_t>(text.substr(0, slash), 16) << 32 |
                                    number_of<std::uint64_t>(text.substr(slash + 1), 16));
}

error shape_error() { return error(errc::connection_lost, "the server's answer to a replication command has another shape"); }

} // namespace

error replication_link::refusal() {
    return error(errc::stream_open, "this replication connection belongs to a stream").with(error::nothing_sent);
}

/// What a connector tells, for a coroutine that waits.
struct arrival {
    explicit arrival(const asio::any_io_executor& executor) : wake(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer wake;
    std::optional<result<wire::established>> made;
};

asio::awaitable<result<>> replication_link::connect() {
    const auto self = shared_from_this();
    co_await asio::post(bound_.executor(), asio::use_awaitable);
    connect_config config = config_;
    config.set("replication", "database");
    publication_warning_ = error();
    expects_warning_ = false;
    config.on_notice([link = weak_from_this(), hook = config_.details().on_notice](const notice& n) {
        const auto l = link.lock();
        if (l && l->expects_warning_ && n == sqlstate::object_not_in_prerequisite_state) {
            l->publication_warning_ = n;
        }
        if (hook) {
            hook(n);
        }
    });
    const auto arrived = std::make_shared<arrival>(bound_.executor());
    std::function<void(result<wire::established>)> done = [arrived,
                                                           executor = bound_.executor()](result<wire::established> made) {
        auto carried = std::make_shared<result<wire::established>>(std::move(made));
        asio::dispatch(executor, [arrived, carried] {
            arrived->made.emplace(std::move(*carried));
            arrived->wake.cancel();
        });
    };
    const auto running =
        wire::connector::start(bound_.executor(), std::move(config), asio::steady_timer::time_point::max(), done);
    connector_ = running;
    boost::system::error_code woken;
    while (!arrived->made) {
        co_await arrived->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    if (!*arrived->made) {
        co_return std::move(*arrived->made).error();
    }
    close();
    is_streaming_ = false;
    sender_ = std::make_shared<walsender>(bound_.executor());
    if (error failure = sender_->open(std::move(*arrived->made).value())) {
        sender_->close();
        co_return failure;
    }
    co_return boost::outcome_v2::success();
}

asio::awaitable<result<detail::result_handle>> replication_link::run(std::string command) {
    const auto self = shared_from_this();
    co_await asio::post(bound_.executor(), asio::use_awaitable);
    if (belongs_to_stream_) {
        co_return refusal();
    }
    co_return co_await run_here(std::move(command));
}

asio::awaitable<result<detail::result_handle>> replication_link::run_here(std::string command) {
    const auto self = shared_from_this();
    co_await asio::post(bound_.executor(), asio::use_awaitable);
    if (!is_open()) {
        co_return error(errc::connection_closed).with(error::nothing_sent);
    }
    if (is_streaming_) {
        co_return refusal(); // begun while another start paused
    }
    if (std::exchange(is_busy_, true)) {
        co_return error(boost::system::errc::make_error_code(boost::system::errc::operation_in_progress),
                        "another command of this replication connection runs: one at a time");
    }
    const auto sender = sender_;
    auto results = co_await sender->run(std::move(command));
    is_busy_ = false;
    if (!results) {
        co_return std::move(results).error();
    }
    if (results.value().empty()) {
        co_return shape_error();
    }
    co_return std::move(results.value().front());
}

asio::awaitable<result<system_identity>> replication_link::identify() {
    auto answer = co_await run("IDENTIFY_SYSTEM");
    if (!answer) {
        co_return std::move(answer).error();
    }
    const auto* const row = answer.value().get();
    if (PQntuples(row) != 1 || PQnfields(row) < 4) {
        co_return shape_error();
    }
    system_identity found;
    found.identifier = text_of(row, 0);
    found.timeline = number_of<int>(text_of(row, 1));
    found.position = lsn_of(text_of(row, 2));
    found.database = text_of(row, 3);
    co_return found;
}

asio::awaitable<result<slot_info>> replication_link::create_slot(std::string name, slot_options options) {
    if (error failure = check_slot_name(name)) {
        co_await asio::post(bound_.executor(), asio::use_awaitable);
        co_return failure.with(error::nothing_sent);
    }
    const int version = is_open() ? PQserverVersion(sender_->get()) : 0;
    if (error failure = check_slot_options(options, version); failure && is_open()) {
        co_await asio::post(bound_.executor(), asio::use_awaitable);
        co_return failure.with(error::nothing_sent);
    }
    auto answer = co_await run(create_slot_command(name, options, version));
    if (!answer) {
        co_return std::move(answer).error();
    }
    const auto* const row = answer.value().get();
    if (PQntuples(row) != 1 || PQnfields(row) < 3) {
        co_return shape_error();
    }
    slot_info made;
    made.name = text_of(row, 0);
    made.consistent_point = lsn_of(text_of(row, 1));
    made.snapshot = text_of(row, 2);
    co_return made;
}

asio::awaitable<result<>> replication_link::drop_slot(std::string name, bool waits) {
    if (error failure = check_slot_name(name)) {
        co_await asio::post(bound_.executor(), asio::use_awaitable);
        co_return failure.with(error::nothing_sent);
    }
    auto answer = co_await run(drop_slot_command(name, waits));
    if (!answer) {
        co_return std::move(answer).error();
    }
    co_return boost::outcome_v2::success();
}

asio::awaitable<result<lsn>> replication_link::start(const std::string& slot, std::optional<lsn> own,
                                                     const replication_options& options) {
    if (options.publications.empty()) {
        co_await asio::post(bound_.executor(), asio::use_awaitable);
        co_return error(errc::invalid_configuration, "replication_options::publications is empty").with(error::nothing_sent);
    }
    auto looked = co_await run_here(look_before_start(slot, options));
    if (!looked) {
        co_return std::move(looked).error();
    }
    const auto* const row = looked.value().get();
    if (PQntuples(row) != 1 || PQnfields(row) != 3) {
        co_return shape_error();
    }
    if (!PQgetisnull(row, 0, 2)) {
        co_return error(errc::no_such_publication, "there is no publication " + std::string(text_of(row, 2)));
    }
    server_timeout_ = std::chrono::milliseconds(number_of<std::int64_t>(text_of(row, 1)));
    const lsn confirmed = lsn_of(text_of(row, 0));
    if (own && confirmed > *own) {
        co_return error(errc::changes_lost, "the replication slot " + slot + " is at " + to_string(confirmed) +
                                                ", the consumer at " + to_string(*own) +
                                                ": the changes in between are lost to it, and it has to be copied anew");
    }
    const lsn from = own.value_or(confirmed);
    publication_warning_ = error();
    expects_warning_ = true;
    auto begun = co_await run_here(start_command(slot, from, options));
    if (!begun) {
        co_return std::move(begun).error();
    }
    if (PQresultStatus(begun.value().get()) != PGRES_COPY_BOTH) {
        co_return shape_error();
    }
    is_streaming_ = belongs_to_stream_ = true;
    co_return from;
}

void replication_link::interrupt(bool by_force) noexcept {
    if (const auto connecting = connector_.lock()) {
        connecting->cancel();
    }
    if (by_force) {
        close();
    } else if (is_open() && is_busy_) {
        sender_->cancel_command();
    }
}

void replication_link::close() noexcept {
    if (sender_) {
        sender_->close();
    }
}

} // namespace pgcoro::replication
