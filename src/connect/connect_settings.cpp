// SPDX-License-Identifier: BSL-1.0
#include "connect/connect_settings.hpp"

#include "connect/connect_options.hpp"

#include <libpq-fe.h>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace pgcoro::wire {
namespace {

constexpr std::chrono::milliseconds default_attempt_timeout{10'000};

struct wanted_name {
    session_attrs wanted;
    const char* name;
};

constexpr std::array wanted_names = {
    wanted_name{session_attrs::any, "any"},
    wanted_name{session_attrs::read_write, "read-write"},
    wanted_name{session_attrs::read_only, "read-only"},
    wanted_name{session_attrs::primary, "primary"},
    wanted_name{session_attrs::standby, "standby"},
    wanted_name{session_attrs::prefer_standby, "prefer-standby"},
};

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> items;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        items.emplace_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    return items;
}

std::string take(settings_map& settings, const char* keyword) {
    const auto node = settings.extract(keyword);
    return node ? node.mapped() : std::string();
}

error invalid(std::string message) { return {errc::invalid_configuration, std::move(message)}; }

bool is_address(const std::string& text) {
    boost::system::error_code no;
    boost::asio::ip::make_address(text, no);
    return !no;
}

bool is_loopback(const std::string& text) {
    boost::system::error_code no;
    const auto address = boost::asio::ip::make_address(text, no);
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return !no && address.is_loopback();
}

/// libpq's rules: one address for each host or none at all, one port for all or one for each.
result<std::vector<server>> read_servers(settings_map& settings) {
    const auto hosts = split(take(settings, "host"));
    const auto addresses = split(take(settings, "hostaddr"));
    const auto ports = split(take(settings, "port"));
    const bool with_addresses = addresses.size() > 1 || !addresses.front().empty();
    const bool with_hosts = hosts.size() > 1 || !hosts.front().empty();
    const auto count = with_addresses ? addresses.size() : hosts.size();
    if ((with_hosts && hosts.size() != count) || (ports.size() > 1 && ports.size() != count)) {
        return invalid("host, hostaddr and port list different numbers of servers");
    }
    std::vector<server> servers(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto& s = servers[i];
        s.host = with_hosts ? hosts[i] : "";
        s.address = with_addresses ? addresses[i] : "";
        if (s.address.empty() && is_address(s.host)) {
            s.address = s.host;
        }
        const auto& port = ports.size() > 1 ? ports[i] : ports.front();
        const auto end = port.data() + port.size();
        const auto [rest, failure] = std::from_chars(port.data(), end, s.port);
        if (!port.empty() && (failure != std::errc() || rest != end || s.port == 0)) {
            return invalid("a port is not a number from 1 to 65535");
        }
    }
    return servers;
}

result<session_attrs> read_wanted(settings_map& settings) {
    const auto text = take(settings, "target_session_attrs");
    if (text.empty()) {
        return session_attrs::any;
    }
    const auto found = std::ranges::find(wanted_names, text, &wanted_name::name);
    if (found != wanted_names.end()) {
        return found->wanted;
    }
    return invalid("target_session_attrs must be any, read-write, read-only, primary, standby or prefer-standby");
}

result<bool> read_shuffle(settings_map& settings) {
    const auto text = take(settings, "load_balance_hosts");
    if (text == "random" || text == "disable" || text.empty()) {
        return text == "random";
    }
    return invalid("load_balance_hosts must be random or disable");
}

result<std::optional<std::chrono::milliseconds>> read_attempt_timeout(settings_map& settings, const connect_config& config) {
    std::chrono::milliseconds limit = config.details().attempt_timeout.value_or(default_attempt_timeout);
    const auto text = take(settings, "connect_timeout");
    if (!config.details().attempt_timeout && !text.empty()) {
        int seconds = 0;
        const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (failure != std::errc() || rest != text.data() + text.size()) {
            return invalid("connect_timeout is not a number of seconds");
        }
        limit = std::chrono::seconds(seconds);
    }
    return limit.count() > 0 ? std::optional(limit) : std::nullopt;
}

bool asks_for_gss(const settings_map& parameters) {
    const auto found = parameters.find("gssencmode");
    return found != parameters.end() && found->second != "disable";
}

/// A pin says nothing where there is no TLS to check it on.
result<void> read_pins(connect_settings& settings, const connect_config& config) {
    settings.pins = config.details().pins;
    if (settings.pins.empty()) {
        return boost::outcome_v2::success();
    }
    auto& mode = settings.parameters["sslmode"];
    if (mode == "disable" || asks_for_gss(settings.parameters)) {
        return invalid("pin_sha256 needs TLS: it cannot be combined with sslmode=disable or gssencmode");
    }
    if (mode.empty() || mode == "allow" || mode == "prefer") {
        mode = "require";
    }
    for (const auto& s : settings.servers) {
        if (s.address.empty() && (s.host.empty() || s.host.front() == '/' || s.host.front() == '@')) {
            return invalid("pin_sha256 needs TLS, and a Unix socket does not use TLS");
        }
    }
    return boost::outcome_v2::success();
}

} // namespace

result<connect_settings> look_up_settings(const connect_config& config) {
    BOOST_OUTCOME_TRY(config.check());
    BOOST_OUTCOME_TRY(check_libpq_version(PQlibVersion()));
    connect_settings settings;
    settings.is_from_service = names_service(config.details().settings);
    settings.passfile = passfile_of(config.details().settings);
    settings.plan.login_hint = passfile_problem(settings.passfile);
    BOOST_OUTCOME_TRY(settings.parameters, resolve_settings(config.details().settings, settings.plan.login_hint.empty()));
    auto& parameters = settings.parameters;
    BOOST_OUTCOME_TRY(settings.servers, read_servers(parameters));
    BOOST_OUTCOME_TRY(settings.plan.wanted, read_wanted(parameters));
    BOOST_OUTCOME_TRY(settings.attempt_timeout, read_attempt_timeout(parameters, config));
    BOOST_OUTCOME_TRY(settings.plan.shuffle, read_shuffle(parameters));
    settings.plan.retry = config.details().retry;
    BOOST_OUTCOME_TRY(read_pins(settings, config));
    if (parameters["sslrootcert"] == "system" && PQlibVersion() < 160000) {
        return error(errc::not_supported_by_libpq, "sslrootcert=system needs libpq 16 or newer");
    }
    take(parameters, "service");
    take(parameters, "servicefile");
    parameters["client_encoding"] = "UTF8";
    // Without any, OpenSSL would ask for the password of an encrypted key on the terminal, and wait.
    parameters.emplace("sslpassword", "none");
    parameters.emplace("gssencmode", "disable");
    parameters.emplace("keepalives_idle", "30");
    parameters.emplace("keepalives_interval", "10");
    parameters.emplace("keepalives_count", "3");
    parameters.emplace("tcp_user_timeout", "30000");
    return settings;
}

attempt_parameters::attempt_parameters(const connect_settings& settings, const endpoint_plan::attempt& attempt)
    : port_(std::to_string(attempt.where.port)) {
    const auto& known = settings.parameters;
    constexpr std::size_t others = 6; // those below, and the null
    keywords_.reserve(known.size() + others);
    values_.reserve(known.size() + others);
    for (const auto& [keyword, value] : known) {
        add(keyword.c_str(), value.c_str());
    }
    const auto& where = attempt.where;
    add("host", where.host.c_str());
    add("hostaddr", where.address.c_str());
    add("port", port_.c_str());
    if (!where.address.empty() && !is_loopback(where.address) && !known.contains("sslmode")) {
        add("sslmode", "require");
    }
    // Said even if it is "any": libpq would look into the environment otherwise.
    add("target_session_attrs", std::ranges::find(wanted_names, attempt.wanted, &wanted_name::wanted)->name);
    add(nullptr, nullptr);
}

void attempt_parameters::add(const char* keyword, const char* value) {
    keywords_.push_back(keyword);
    values_.push_back(value);
}

const char* attempt_parameters::find(std::string_view keyword) const noexcept {
    const auto found = std::find(keywords_.begin(), keywords_.end() - 1, keyword);
    return values_[static_cast<std::size_t>(found - keywords_.begin())];
}

} // namespace pgcoro::wire
