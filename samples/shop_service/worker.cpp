// SPDX-License-Identifier: BSL-1.0
#include "worker.hpp"

#include "problem.hpp"
#include "request_timeout.hpp"
#include "routes.hpp"
#include "service_state.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <exception>

namespace shop {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using query_list = std::vector<std::pair<std::string, std::string>>;

/// Of "/path?query", or, as clients of a proxy send it, "http://host/path?query". False if it is neither, or not UTF-8.
bool split_target(std::string_view target, std::string& path, query_list& query) {
    const auto parsed = target.starts_with('/') ? boost::urls::parse_origin_form(target) : boost::urls::parse_uri(target);
    if (!parsed) {
        return false;
    }
    path = parsed->path().empty() ? "/" : parsed->path();
    for (const auto& p : parsed->params()) {
        query.emplace_back(p.key, p.value);
    }
    using pgcoro::detail::is_valid_utf8;
    return is_valid_utf8(path) &&
           std::ranges::all_of(query, [](const auto& p) { return is_valid_utf8(p.first) && is_valid_utf8(p.second); });
}

pgcoro::http_repeat repeat_of(std::string_view method) noexcept {
    return method == "POST" ? pgcoro::http_repeat::harmful : pgcoro::http_repeat::harmless;
}

http_response not_found(const route_match& match) {
    if (match.allowed.empty()) {
        return problem(404, "There is no such thing");
    }
    auto response = problem(405, "This cannot be done here");
    response.headers.emplace_back("Allow", match.allowed);
    return response;
}

/// Calls the handler, and turns what it fails with into a response. `route_name` and `failure` are for the journal.
asio::awaitable<http_response> dispatch(worker& here, const http_request& request, std::string& route_name,
                                        std::string& failure) {
    std::string path;
    query_list query;
    if (!split_target(request.target, path, query)) {
        co_return problem(400, "The target is not valid");
    }
    const auto match = find_route(all_routes(), request.method, path);
    if (!match.found) {
        co_return not_found(match);
    }
    route_name.append(match.found->method).append(" ").append(match.found->pattern);
    const auto timeout = read_timeout(request.timeout);
    if (!timeout) {
        co_return problem(400, "Request-Timeout must be a number of seconds");
    }
    http_call call{here, request, query, match.id, clock::now() + *timeout};
    try {
        auto answered = co_await match.found->handler(call);
        if (answered) {
            co_return std::move(answered).value();
        }
        failure = without_values(answered.error());
        co_return problem_of(answered.error(), repeat_of(request.method));
    } catch (const std::exception&) {
        failure = "an exception";
    }
    co_return problem(500, "The request failed");
}

} // namespace

worker::worker(service_state& service, const pgcoro::connect_config& config, const pgcoro::pool_options& pool,
               const pgcoro::multiplexer_options& multiplexer_options)
    : service_(service),
      db(executor(), config, pool),
      multiplexer(executor(), config, multiplexer_options),
      events(executor()) {}

asio::awaitable<http_response> worker::answer(const http_request& request) {
    const auto begun = clock::now();
    std::string route_name;
    std::string failure;
    auto response = co_await dispatch(*this, request, route_name, failure);
    if (response.status >= 500 && !failure.empty()) {
        service_.errors.add({std::chrono::system_clock::now(), response.status, route_name, failure});
    }
    count(clock::now() - begun, response.status);
    co_return response;
}

void worker::count(std::chrono::nanoseconds duration, int status) {
    const auto second = std::chrono::floor<std::chrono::seconds>(clock::now() - service_.begun).count();
    const std::lock_guard lock(traffic_mutex_);
    traffic_.add(second, duration, status >= 500);
}

traffic worker::traffic_so_far() const {
    const std::lock_guard lock(traffic_mutex_);
    return traffic_;
}

void worker::publish(const event_text& text) {
    asio::post(context_, [this, text] { events.publish(text); });
}

asio::awaitable<worker_report> worker::report() {
    worker_report made;
    if (auto health = co_await db.health()) {
        made.health = std::move(health).value();
    }
    if (auto statistics = co_await db.statistics()) {
        made.pool = std::move(statistics).value();
    }
    made.multiplexer = multiplexer.stats();
    made.connections = connections_.size();
    made.event_clients = events.clients();
    co_return made;
}

bool worker::is_stopping() const { return service_.is_stopping; }
void worker::on_begin(http_connection& connection) { connections_.insert(&connection); }
void worker::on_end(http_connection& connection) noexcept {
    connections_.erase(&connection);
    if (connections_.empty()) {
        drained_.cancel();
    }
}

asio::awaitable<void> worker::drain(std::chrono::milliseconds limit) {
    events.close();
    const auto now = connections_; // a connection that stops may leave the list
    for (auto* c : now) {
        c->stop();
    }
    if (!connections_.empty()) {
        boost::system::error_code is_empty;
        drained_.expires_after(limit);
        co_await drained_.async_wait(asio::redirect_error(asio::use_awaitable, is_empty));
    }
    const auto left = connections_;
    for (auto* c : left) {
        c->abort();
    }
}

asio::awaitable<void> worker::close() {
    multiplexer.close();
    static_cast<void>(co_await db.close(std::chrono::seconds(1)));
}

} // namespace shop
