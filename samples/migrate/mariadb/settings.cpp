// SPDX-License-Identifier: BSL-1.0
#include "mariadb/settings.hpp"

#include "failure.hpp"

#include <boost/url/parse.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace migrate::mariadb {
namespace {

pgcoro::error url_error(const std::string& text) { return fail(failure::wrong_usage, "the source's URL: " + text); }

template <class Choice, std::size_t N>
pgcoro::result<> choose(Choice& into, std::string_view option, std::string_view value,
                        const std::array<std::pair<std::string_view, Choice>, N>& choices) {
    std::string known;
    for (const auto& [name, choice] : choices) {
        if (name == value) {
            into = choice;
            return pgcoro::success();
        }
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    return url_error(std::string(option) + " must be one of " + known);
}

constexpr std::array<std::pair<std::string_view, tls_mode>, 4> tls_modes{{
    {"disable", tls_mode::disable},
    {"prefer", tls_mode::prefer},
    {"require", tls_mode::require},
    {"verify-full", tls_mode::verify_full},
}};
constexpr std::array<std::pair<std::string_view, zero_dates>, 3> zero_date_choices{{
    {"null", zero_dates::null_or_fail},
    {"drop-not-null", zero_dates::drop_not_null},
    {"error", zero_dates::fail},
}};
constexpr std::array<std::pair<std::string_view, invalid_text>, 2> invalid_text_choices{{
    {"error", invalid_text::fail},
    {"replace", invalid_text::replace},
}};

pgcoro::result<> set_option(settings& s, const std::string& name, std::string value) {
    if (name == "zero-dates") {
        return choose(s.zero_dates, name, value, zero_date_choices);
    }
    if (name == "invalid-text") {
        return choose(s.invalid_text, name, value, invalid_text_choices);
    }
    if (name == "sslmode") {
        return choose(s.tls, name, value, tls_modes);
    }
    for (const auto& [known, text] : std::array<std::pair<std::string_view, std::string*>, 3>{
             {{"socket", &s.socket}, {"defaults-file", &s.defaults_file}, {"sslrootcert", &s.ca_file}}}) {
        if (name == known) {
            *text = std::move(value);
            return pgcoro::success();
        }
    }
    return url_error("unknown option " + name);
}

std::optional<std::string> database_of(const boost::urls::url_view& url) {
    const auto segments = url.segments();
    if (segments.size() != 1 || (*segments.begin()).empty()) {
        return std::nullopt;
    }
    return std::string(*segments.begin());
}

} // namespace

bool is_url(std::string_view text) { return text.starts_with("mariadb:") || text.starts_with("mysql:"); }

pgcoro::result<settings> parse_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || !is_url(text)) {
        return url_error("not of the form mariadb://user:password@host:port/database (is a special character not written as "
                         "%40, ...?)");
    }
    const boost::urls::url_view& url = *parsed;
    settings s;
    s.host = std::string(url.host_address());
    s.user = std::string(url.user());
    s.password = std::string(url.password());
    if (url.has_port() && !url.port().empty()) {
        const std::string digits(url.port());
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), s.port);
        if (read.ec != std::errc() || s.port == 0) {
            return url_error("the port must be between 1 and 65535");
        }
    }
    const auto database = database_of(url);
    if (!database) {
        return url_error("one database must be named: mariadb://host/database");
    }
    s.database = *database;
    for (const auto& parameter : url.params()) {
        BOOST_OUTCOME_TRY(set_option(s, std::string(parameter.key), std::string(parameter.value)));
    }
    return s;
}

} // namespace migrate::mariadb
