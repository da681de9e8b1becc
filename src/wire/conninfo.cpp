// SPDX-License-Identifier: BSL-1.0
#include "wire/conninfo.hpp"

#include "wire/conninfo_scan.hpp"
#include "wire/pgconn.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace pgcoro::wire {
namespace {

constexpr std::string_view load_balance_hosts = "load_balance_hosts";

/// libpq does not overwrite what it gives back.
struct free_options {
    void operator()(PQconninfoOption* options) const noexcept {
        for (auto* option = options; option && option->keyword; ++option) {
            if (option->val) {
                OPENSSL_cleanse(option->val, std::strlen(option->val));
            }
        }
        PQconninfoFree(options);
    }
};
using options_ptr = std::unique_ptr<PQconninfoOption, free_options>;

options_ptr parse(std::string text) {
    char* message = nullptr;
    options_ptr options(PQconninfoParse(text.c_str(), &message));
    if (message) { // it may quote a password
        OPENSSL_cleanse(message, std::strlen(message));
        PQfreemem(message);
    }
    OPENSSL_cleanse(text.data(), text.size());
    return options;
}

settings_map values(const PQconninfoOption* option) {
    settings_map out;
    for (; option && option->keyword; ++option) {
        if (option->val && *option->val) {
            out.put(option->keyword, option->val);
        }
    }
    return out;
}

error malformed(std::string_view what, std::size_t at) {
    return {errc::invalid_configuration,
            "the connection string is malformed at character " + std::to_string(at + 1) + ": " + std::string(what)};
}

result<void> check(const conninfo_scan& scan) {
    for (const auto& setting : scan.settings) {
        // The JDBC spelling of sslmode=require.
        if (scan.is_uri && setting.keyword == "ssl" && setting.value == "true") {
            continue;
        }
        if (const auto known = check_keyword(setting.keyword); !known) {
            return known.error() == errc::not_supported_by_libpq ? known.error()
                                                                 : malformed("an unknown keyword", setting.begin);
        }
    }
    return scan.problem ? result<void>(malformed(scan.problem->what, scan.problem->at)) : boost::outcome_v2::success();
}

struct lookup {
    settings_map found;
    std::string complaint;
};

/// All settings but `poison`, which gets a value libpq refuses: it looks everything up and then stops before it connects.
lookup look_up_by_libpq(const settings_map& given, const char* poison) {
    std::vector<const char*> keywords{poison};
    std::vector<const char*> texts{"?"};
    for (const auto& [keyword, value] : given) {
        if (keyword != poison) {
            keywords.push_back(keyword.c_str());
            texts.push_back(value.c_str());
        }
    }
    keywords.push_back(nullptr);
    texts.push_back(nullptr);
    const pgconn_ptr connection(PQconnectStartParams(keywords.data(), texts.data(), 0));
    const options_ptr options(PQconninfo(connection.get()));
    lookup result{values(options.get()), PQerrorMessage(connection.get())};
    result.found.erase(poison);
    result.complaint.erase(result.complaint.find_last_not_of('\n') + 1);
    return result;
}

/// Empty counts as unset, as in libpq.
std::string environment(const char* variable) {
    const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): as libpq does, for the same variables
    return value ? value : "";
}

bool asked_for(const settings_map& given, const char* keyword, const char* variable) {
    return given.contains(keyword) || !environment(variable).empty();
}

} // namespace

result<settings_map> parse_conninfo(std::string_view text) {
    if (const auto nul = text.find('\0'); nul != text.npos) {
        return error(errc::invalid_text, "the connection string holds a NUL character");
    }
    const auto scan = scan_conninfo(text);
    if (const auto sound = check(scan); !sound) {
        return sound.error();
    }
    const auto ours = std::ranges::find(scan.settings, load_balance_hosts, &conninfo_setting::keyword);
    const bool emulated = ours != scan.settings.end() && !libpq_has_keyword(load_balance_hosts);
    const auto options = parse(emulated ? without(text, scan, *ours) : std::string(text));
    if (!options) {
        return error(errc::invalid_configuration,
                     scan.is_uri ? "the connection URI is malformed: a bad percent-encoding, bracket or character"
                                 : "the connection string is malformed");
    }
    auto settings = values(options.get());
    if (emulated) {
        settings.emplace(load_balance_hosts, ours->value);
    }
    return settings;
}

result<settings_map> resolve_settings(const settings_map& given) {
    auto for_libpq = given;
    std::string balance;
    if (!libpq_has_keyword(load_balance_hosts)) {
        const auto ours = for_libpq.extract(std::string(load_balance_hosts));
        balance = ours ? ours.mapped() : environment("PGLOADBALANCEHOSTS");
    }
    // libpq would refuse its own default here, before we can replace it.
    if (const auto how = given.find("sslnegotiation"); how != given.end() && how->second == "direct") {
        for_libpq.emplace("sslmode", "require");
    }
    auto [settings, complaint] = look_up_by_libpq(for_libpq, "target_session_attrs");
    // libpq complains about the first thing that is wrong: our poison, or something before it.
    // And it fills in a port whatever else is missing, unless the service file made it stop at once.
    if (complaint != look_up_by_libpq({}, "target_session_attrs").complaint || !settings.contains("port")) {
        return error(errc::invalid_configuration, std::move(complaint));
    }
    settings.merge(look_up_by_libpq(for_libpq, "gssencmode").found);
    if (!balance.empty()) {
        settings.emplace(load_balance_hosts, balance);
    }
    // libpq does not tell its own default from the same word in a service file; that counts as unset, which is the safe side.
    if (!asked_for(given, "sslmode", "PGSSLMODE") && settings["sslmode"] == "prefer") {
        settings.erase("sslmode");
    }
    if (!asked_for(given, "gssencmode", "PGGSSENCMODE") && settings["gssencmode"] != "require") {
        settings.erase("gssencmode");
    }
    return settings;
}

} // namespace pgcoro::wire
