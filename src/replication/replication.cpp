// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/replication.hpp>

#include "base/call_on_executor.hpp"
#include "replication/replication_calls.hpp"
#include "replication/replication_link.hpp"
#include "replication/spawned_call.hpp"

#include <pgcoro/detail/failed_call.hpp>

#include <string>
#include <utility>

namespace pgcoro {

struct replication::access {
    static replication_connection connection(std::shared_ptr<replication_link> link) noexcept {
        return replication_connection(std::move(link));
    }
    static replication_stream stream(std::shared_ptr<replication_session> s) noexcept {
        return replication_stream(std::move(s));
    }
};

namespace {

namespace asio = boost::asio;
using replication::replication_link;
using replication::replication_session;
using replication::spawned_call;
using link_ptr = std::shared_ptr<replication_link>;
using session_ptr = std::shared_ptr<replication_session>;

/// `command`, a coroutine of the link's, as an operation.
template <class T, class Command>
operation<T> command_of(const link_ptr& link, Command command) {
    if (!link) {
        return operation<T>(detail::failed<T>(errc::connection_closed));
    }
    return operation<T>(detail::call_ptr<T>(new spawned_call<T>(
        link->where(), [link, command] { return command(*link); }, [link](bool by_force) { link->interrupt(by_force); })));
}

void close_link(link_ptr link) noexcept {
    call_on_executor(std::move(link), [](replication_link& l) { l.close_unless_streaming(); });
}
void close_session(session_ptr s) noexcept {
    call_on_executor(std::move(s), [](replication_session& e) { e.close(); });
}

asio::awaitable<result<replication_connection>> connected(link_ptr link) {
    auto done = co_await link->connect();
    if (!done) {
        co_return std::move(done).error();
    }
    co_return replication::access::connection(std::move(link));
}

asio::awaitable<result<replication_stream>> opened(session_ptr s) {
    auto done = co_await s->open();
    if (!done) {
        co_return std::move(done).error();
    }
    co_return replication::access::stream(std::move(s));
}

} // namespace

replication_connection::replication_connection(replication_connection&& other) noexcept = default;
replication_connection& replication_connection::operator=(replication_connection&& other) noexcept {
    close();
    link_ = std::move(other.link_);
    return *this;
}
replication_connection::~replication_connection() { close(); }

bool replication_connection::is_open() const noexcept { return link_ && link_->is_open(); }
void replication_connection::close() noexcept { close_link(std::exchange(link_, nullptr)); }

operation<system_identity> replication_connection::identify() {
    return command_of<system_identity>(link_, [](replication_link& l) { return l.identify(); });
}

operation<slot_info> replication_connection::create_slot(std::string_view name, slot_options options) {
    return command_of<slot_info>(
        link_, [name = std::string(name), options](replication_link& l) { return l.create_slot(name, options); });
}

operation<void> replication_connection::drop_slot(std::string_view name, bool waits) {
    return command_of<void>(link_, [name = std::string(name), waits](replication_link& l) { return l.drop_slot(name, waits); });
}

operation<replication_stream> replication_connection::start(std::string_view slot, replication_options options) {
    if (!link_) {
        return operation<replication_stream>(detail::failed<replication_stream>(errc::connection_closed));
    }
    auto s = std::make_shared<replication_session>(link_, std::string(slot), std::move(options));
    return operation<replication_stream>(detail::call_ptr<replication_stream>(new spawned_call<replication_stream>(
        link_->where(), [s] { return opened(s); }, [s](bool by_force) { s->stop_opening(by_force); })));
}

operation<replication_connection> connect_replication(asio::any_io_executor executor, connect_config config) {
    auto link = std::make_shared<replication_link>(std::move(executor), std::move(config));
    return operation<replication_connection>(detail::call_ptr<replication_connection>(new spawned_call<replication_connection>(
        link->where(), [link] { return connected(link); }, [link](bool by_force) { link->interrupt(by_force); })));
}

replication_stream::replication_stream(replication_stream&& other) noexcept = default;
replication_stream& replication_stream::operator=(replication_stream&& other) noexcept {
    close_session(std::exchange(session_, std::move(other.session_)));
    return *this;
}
replication_stream::~replication_stream() { close_session(std::move(session_)); }

operation<replication::event> replication_stream::next() {
    return operation<replication::event>(session_
                                             ? detail::call_ptr<replication::event>(new replication::next_event_call(session_))
                                             : detail::failed<replication::event>(errc::connection_closed));
}

std::optional<replication::event> replication_stream::try_next() { return session_ ? session_->try_next() : std::nullopt; }

void replication_stream::confirm(lsn end) {
    if (session_) {
        session_->confirm(end);
    }
}

operation<void> replication_stream::stop() {
    if (!session_) {
        return operation<void>(detail::failed<void>(errc::connection_closed));
    }
    const auto s = session_;
    return operation<void>(
        detail::call_ptr<void>(new spawned_call<void>(s->where(), [s] { return s->stop(); }, [s](bool) { s->close(); })));
}

void replication_stream::close() noexcept { close_session(session_); }
lsn replication_stream::confirmed() const noexcept { return session_ ? session_->status().confirmed() : lsn(); }
lsn replication_stream::server_position() const noexcept { return session_ ? session_->server_position() : lsn(); }
replication_stream::executor_type replication_stream::get_executor() const noexcept { return session_->where().executor(); }

} // namespace pgcoro
