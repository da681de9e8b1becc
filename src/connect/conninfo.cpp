// SPDX-License-Identifier: BSL-1.0
#include "connect/conninfo.hpp"

#include "connect/conninfo_scan.hpp"
#include "libpq/pgconn.hpp"

#include <openssl/crypto.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace pgcoro::wire {
namespace {

/// There cannot be one of this name.
constexpr const char* no_file = "/dev/null/none";

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

/// A URI out of a file or a variable often ends with a line feed, which libpq would take for a part of the database's name.
std::string_view without_blanks_around_uri(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\n\v\f\r";
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    const auto inner = text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
    return inner.starts_with("postgresql://") || inner.starts_with("postgres://") ? inner : text;
}

struct lookup {
    settings_map found;
    std::string complaint;
};

/// All settings but `poison`, which gets a value libpq refuses: it looks everything up and then stops before it connects.
lookup look_up_by_libpq(const settings_map& given, const char* poison, const char* refused = "?") {
    std::vector<const char*> keywords{poison};
    std::vector<const char*> texts{refused};
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

/// What libpq reads where no other file is named.
std::string default_passfile() {
    std::string home = environment("HOME");
    passwd user{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (home.empty() && ::getpwuid_r(::geteuid(), &user, buffer.data(), buffer.size(), &found) == 0 && found) {
        home = user.pw_dir;
    }
    return home.empty() ? home : home + "/.pgpass";
}

bool asked_for(const settings_map& given, const char* keyword, const char* variable) {
    return given.contains(keyword) || !environment(variable).empty();
}

} // namespace

result<settings_map> parse_conninfo(std::string_view text) {
    text = without_blanks_around_uri(text);
    if (const auto nul = text.find('\0'); nul != text.npos) {
        return error(errc::invalid_text, "the connection string contains a NUL character");
    }
    const auto scan = scan_conninfo(text);
    if (const auto broken = text.find_first_of("\n\r"); scan.is_uri && broken != text.npos) {
        return malformed("a line break in a URI", broken);
    }
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

bool names_service(const settings_map& given) { return asked_for(given, "service", "PGSERVICE"); }

std::string passfile_of(const settings_map& given) {
    // More ports than hosts are what libpq stumbles over before it looks for the file.
    static const std::string too_many_ports(1000, ',');
    const auto found = look_up_by_libpq(given, "port", too_many_ports.c_str()).found;
    if (found.contains("password")) {
        return {};
    }
    const auto set = found.find("passfile");
    return set != found.end() ? set->second : default_passfile();
}

std::string passfile_problem(const std::string& path) {
    struct ::stat file{};
    if (path.empty() || ::stat(path.c_str(), &file) != 0) {
        return {};
    }
    if (!S_ISREG(file.st_mode)) {
        return "the password file \"" + path + "\" is ignored: it is not a plain file";
    }
    if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return "the password file \"" + path + "\" is ignored: users other than its owner can access it (use chmod 600)";
    }
    return {};
}

result<settings_map> resolve_settings(const settings_map& given, bool reads_passfile) {
    auto for_libpq = given;
    if (!reads_passfile) {
        for_libpq.put("passfile", no_file); // or libpq complains on stderr
    }
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
