// SPDX-License-Identifier: BSL-1.0
// Which keywords there are, and since when.
#include "connect/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

namespace pgcoro::wire {
namespace {

struct keyword_since {
    std::string_view keyword;
    int version;
};

// What newer versions than our oldest one understand.
constexpr std::array newer_keywords = {
    keyword_since{"require_auth", 16},         keyword_since{"sslcertmode", 16},    keyword_since{"load_balance_hosts", 16},
    keyword_since{"gssdelegation", 17},        keyword_since{"sslnegotiation", 17}, keyword_since{"min_protocol_version", 18},
    keyword_since{"max_protocol_version", 18}, keyword_since{"sslkeylogfile", 18},  keyword_since{"scram_client_key", 18},
    keyword_since{"scram_server_key", 18},     keyword_since{"oauth_issuer", 18},   keyword_since{"oauth_client_id", 18},
    keyword_since{"oauth_client_secret", 18},  keyword_since{"oauth_scope", 18},    keyword_since{"servicefile", 19},
    keyword_since{"oauth_ca_file", 19},
};

} // namespace

bool libpq_has_keyword(std::string_view keyword) {
    static const auto known = [] {
        std::set<std::string, std::less<>> keywords;
        const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse("", nullptr),
                                                                                   &PQconninfoFree);
        for (const auto* option = options.get(); option && option->keyword; ++option) {
            keywords.insert(option->keyword);
        }
        return keywords;
    }();
    return known.contains(keyword);
}

result<void> check_keyword(std::string_view keyword) {
    if (libpq_has_keyword(keyword) || keyword == "load_balance_hosts") {
        return boost::outcome_v2::success();
    }
    const auto newer = std::ranges::find(newer_keywords, keyword, &keyword_since::keyword);
    if (newer != newer_keywords.end()) {
        return error(errc::not_supported_by_libpq, std::string(keyword) + " needs libpq " + std::to_string(newer->version) +
                                                       " or newer; this is " + std::to_string(PQlibVersion() / 10000));
    }
    return error(errc::invalid_configuration, "libpq has no such keyword");
}

bool is_secret(std::string_view keyword) noexcept {
    constexpr std::array secrets = {std::string_view("password"), std::string_view("sslpassword"),
                                    std::string_view("oauth_client_secret"), std::string_view("scram_client_key"),
                                    std::string_view("scram_server_key")};
    return std::ranges::find(secrets, keyword) != secrets.end();
}

result<void> check_libpq_version(int version) {
    const bool sound = (version >= 140011 && version < 150000) || (version >= 150006 && version < 160000) || version >= 160002;
    if (sound) {
        return boost::outcome_v2::success();
    }
    return error(errc::not_supported_by_libpq, "libpq " + std::to_string(version / 10000) + "." +
                                                   std::to_string(version % 10000) +
                                                   " can lose its place in a pipeline; use 14.11, 15.6, 16.2 or newer");
}

} // namespace pgcoro::wire
