// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/connect_config.hpp>

#include "base/memory_file.hpp"
#include "connect/connect_options.hpp"
#include "connect/conninfo.hpp"
#include "connect/settings_memory.hpp"

#include <algorithm>
#include <cstdlib>

namespace pgcoro {
namespace {

const char* text_of(sslmode mode) noexcept {
    switch (mode) {
    case sslmode::disable: return "disable";
    case sslmode::allow: return "allow";
    case sslmode::prefer: return "prefer";
    case sslmode::require: return "require";
    case sslmode::verify_ca: return "verify-ca";
    case sslmode::verify_full: break;
    }
    return "verify-full";
}

const char* text_of(channel_binding mode) noexcept {
    switch (mode) {
    case channel_binding::disable: return "disable";
    case channel_binding::prefer: return "prefer";
    case channel_binding::require: break;
    }
    return "require";
}

const char* text_of(session_attrs wanted) noexcept {
    switch (wanted) {
    case session_attrs::any: return "any";
    case session_attrs::read_write: return "read-write";
    case session_attrs::read_only: return "read-only";
    case session_attrs::primary: return "primary";
    case session_attrs::standby: return "standby";
    case session_attrs::prefer_standby: break;
    }
    return "prefer-standby";
}

/// 64 lower-case digits, or nothing if that is no SHA-256 fingerprint.
std::string normalised_fingerprint(std::string_view text) {
    std::string digits;
    for (char c : text) {
        if (c >= 'A' && c <= 'F') {
            c = static_cast<char>(c - 'A' + 'a');
        }
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
            digits += c;
        } else if (c != ':') {
            return {};
        }
    }
    return digits.size() == 64 ? digits : std::string();
}

std::size_t items(std::string_view list) noexcept {
    return list.empty() ? 0 : static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}

/// Repeats a single item, or appends empty ones, until the comma-separated list has `size` items.
std::string extended(std::string list, std::size_t size) {
    const auto item = items(list) == 1 ? list : std::string();
    for (auto n = std::max<std::size_t>(items(list), 1); n < size; ++n) {
        list.append(",").append(item);
    }
    return list;
}

} // namespace

connect_config::connect_config(const connect_config& other)
    : given_(other.given_ ? new detail::connect_options(*other.given_) : nullptr) {}

connect_config& connect_config::operator=(const connect_config& other) {
    if (this != &other) {
        *this = connect_config(other);
    }
    return *this;
}

connect_config& connect_config::operator=(connect_config&& other) noexcept {
    if (this != &other) {
        delete std::exchange(given_, std::exchange(other.given_, nullptr));
    }
    return *this;
}

connect_config::~connect_config() { delete given_; }

const detail::connect_options& connect_config::details() const noexcept {
    static const detail::connect_options nothing;
    return given_ ? *given_ : nothing;
}

detail::connect_options& connect_config::given() {
    if (!given_) {
        given_ = new detail::connect_options;
    }
    given_->memory = std::make_shared<wire::settings_memory>(); // it is about to be changed
    return *given_;
}

connect_config::connect_config(std::string_view text) {
    auto parsed = wire::parse_conninfo(text);
    if (parsed) {
        given().settings = std::move(parsed).value();
    } else {
        refuse(parsed.error());
    }
}

result<connect_config> connect_config::parse(std::string_view text) {
    connect_config config(text);
    BOOST_OUTCOME_TRY(config.check());
    return config;
}

result<connect_config> connect_config::parse(std::string_view text, std::initializer_list<std::string_view> allowed) {
    BOOST_OUTCOME_TRY(auto config, parse(text));
    for (const auto& [keyword, value] : config.details().settings) {
        if (std::find(allowed.begin(), allowed.end(), keyword) == allowed.end()) {
            return error(errc::invalid_configuration, "the connection string may not set " + keyword);
        }
    }
    return config;
}

connect_config connect_config::from_environment() {
    const char* const url = std::getenv("DATABASE_URL"); // NOLINT(concurrency-mt-unsafe): read-only, as everywhere
    return url ? connect_config(url) : connect_config();
}

connect_config& connect_config::set(std::string_view keyword, std::string_view value) {
    if (const auto known = wire::check_keyword(keyword); !known) {
        return refuse(known.error());
    }
    if (value.find('\0') != value.npos) {
        return refuse({errc::invalid_text, "the value of " + std::string(keyword) + " contains a NUL character"});
    }
    given().files.erase(std::string(keyword));
    given().settings.put(keyword, value);
    return *this;
}

connect_config& connect_config::keep(std::string_view keyword, std::string_view pem) {
    const auto file = memory_file::make(pem);
    if (!file) {
        return refuse(file.error());
    }
    set(keyword, file.value()->path());
    given().files.insert_or_assign(std::string(keyword), file.value());
    return *this;
}

connect_config& connect_config::refuse(error why) {
    if (auto& problem = given().problem; !problem) {
        problem = std::move(why);
    }
    return *this;
}

connect_config& connect_config::host(std::string_view name) { return set("host", name); }
connect_config& connect_config::port(std::uint16_t number) { return set("port", std::to_string(number)); }

connect_config& connect_config::add_host(std::string_view name, std::uint16_t port) {
    const auto hosts = get("host");
    const auto before = items(hosts);
    if (before == 0) {
        return host(name).port(port);
    }
    set("port", extended(get("port"), before) + "," + std::to_string(port));
    if (!get("hostaddr").empty()) {
        set("hostaddr", get("hostaddr") + ",");
    }
    return set("host", hosts + "," + std::string(name));
}

connect_config& connect_config::service(std::string_view name) { return set("service", name); }
connect_config& connect_config::target_session_attrs(session_attrs wanted) {
    return set("target_session_attrs", text_of(wanted));
}
connect_config& connect_config::load_balance_hosts(bool shuffle) {
    return set("load_balance_hosts", shuffle ? "random" : "disable");
}

connect_config& connect_config::database(std::string_view name) { return set("dbname", name); }
connect_config& connect_config::user(std::string_view name) { return set("user", name); }
connect_config& connect_config::password(std::string_view secret) { return set("password", secret); }
connect_config& connect_config::password_file(std::string_view path) { return set("passfile", path); }
connect_config& connect_config::channel_binding(pgcoro::channel_binding mode) { return set("channel_binding", text_of(mode)); }

connect_config& connect_config::scram_iterations_limit(std::uint32_t most) {
    given().scram_iterations_limit = most;
    return *this;
}

connect_config& connect_config::sslmode(pgcoro::sslmode mode) { return set("sslmode", text_of(mode)); }
connect_config& connect_config::ca_file(std::string_view path) { return set("sslrootcert", path); }
connect_config& connect_config::ca_pem(std::string_view text) { return keep("sslrootcert", text); }
connect_config& connect_config::client_certificate_file(std::string_view path) { return set("sslcert", path); }
connect_config& connect_config::client_certificate_pem(std::string_view text) { return keep("sslcert", text); }
connect_config& connect_config::client_key_file(std::string_view path) { return set("sslkey", path); }
connect_config& connect_config::client_key_pem(std::string_view text) { return keep("sslkey", text); }
connect_config& connect_config::client_key_password(std::string_view secret) { return set("sslpassword", secret); }

connect_config& connect_config::pin_sha256(std::string_view fingerprint) {
    auto digits = normalised_fingerprint(fingerprint);
    if (digits.empty()) {
        return refuse({errc::invalid_configuration, "pin_sha256 takes the 64 hexadecimal digits of a SHA-256 fingerprint"});
    }
    given().pins.push_back(std::move(digits));
    return *this;
}

connect_config& connect_config::attempt_timeout(milliseconds limit) {
    given().attempt_timeout = limit;
    return *this;
}

connect_config& connect_config::timeout(milliseconds limit) {
    given().timeout = limit;
    return *this;
}

connect_config& connect_config::retry(backoff_options options) {
    given().retry = options;
    return *this;
}

connect_config& connect_config::command_timeout(milliseconds limit) {
    given().command_timeout = limit;
    return *this;
}

connect_config& connect_config::cancel_timeout(milliseconds limit) {
    given().cancel_timeout = limit;
    return *this;
}

connect_config& connect_config::server_deadlines(bool tell) {
    given().server_deadlines = tell;
    return *this;
}

connect_config& connect_config::keepalives(std::chrono::seconds idle, std::chrono::seconds interval, int count) {
    return set("keepalives_idle", std::to_string(idle.count()))
        .set("keepalives_interval", std::to_string(interval.count()))
        .set("keepalives_count", std::to_string(count));
}

connect_config& connect_config::tcp_user_timeout(milliseconds limit) {
    return set("tcp_user_timeout", std::to_string(std::chrono::milliseconds(limit).count()));
}

connect_config& connect_config::application_name(std::string_view name) { return set("application_name", name); }
connect_config& connect_config::options(std::string_view command_line) { return set("options", command_line); }

connect_config& connect_config::on_notice(std::function<void(const notice&)> hook) {
    given().on_notice = std::move(hook);
    return *this;
}

connect_config detail::without_observers(connect_config config) {
    if (config.details().observers) {
        // What it holds is its own, and was not made const: only where nothing was given is it everybody's.
        const_cast<detail::connect_options&>(config.details()).observers = nullptr;
    }
    return config;
}

connect_config detail::for_pool(connect_config config, std::string_view name) {
    if (config.details().observers) {
        const_cast<detail::connect_options&>(config.details()).pool_name = name; // as above
    }
    return config;
}

connect_config& connect_config::observe(std::shared_ptr<observer> o) {
    auto& options = given();
    auto all = std::make_shared<detail::observer_list>(options.observers ? *options.observers : detail::observer_list());
    all->add(std::move(o));
    if (error why = all->check()) {
        return refuse(std::move(why));
    }
    options.observers = std::move(all);
    return *this;
}

connect_config& connect_config::on_notification(std::function<void(notification)> hook) {
    given().on_notification = std::move(hook);
    return *this;
}

connect_config& connect_config::helper_executor(boost::asio::any_io_executor executor) {
    given().helper = std::move(executor);
    return *this;
}

connect_config& connect_config::prepare(prepare_policy policy) {
    given().prepare = policy;
    return *this;
}

connect_config& connect_config::behind_pooler(bool yes) {
    given().behind_pooler = yes;
    return *this;
}

connect_config& connect_config::statement_cache_size(std::size_t statements) {
    given().statement_cache_size = statements;
    return *this;
}

std::string connect_config::get(std::string_view keyword) const {
    const auto& settings = details().settings;
    const auto found = settings.find(keyword);
    return found == settings.end() ? std::string() : found->second;
}

result<std::string> connect_config::resolved(std::string_view keyword) const {
    BOOST_OUTCOME_TRY(check());
    const bool reads_passfile = wire::passfile_problem(wire::passfile_of(details().settings)).empty();
    BOOST_OUTCOME_TRY(const auto settings, wire::resolve_settings(details().settings, reads_passfile));
    const auto found = settings.find(keyword);
    return found == settings.end() ? std::string() : found->second;
}

result<void> connect_config::check() const {
    const auto& problem = details().problem;
    return problem ? result<void>(*problem) : boost::outcome_v2::success();
}

} // namespace pgcoro
