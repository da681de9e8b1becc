// SPDX-License-Identifier: BSL-1.0
#include "connect/settings_map.hpp"

#include <openssl/crypto.h>

namespace pgcoro::detail {
namespace {

void wipe_text(std::string& text) noexcept {
    text.resize(text.capacity()); // a shorter text may stand where a longer one did
    OPENSSL_cleanse(text.data(), text.size());
}

} // namespace

void settings_map::wipe() noexcept {
    for (auto& [keyword, value] : *this) {
        wipe_text(value);
    }
}

settings_map& settings_map::operator=(const settings_map& other) {
    if (this != &other) {
        wipe();
        clear();
        map::operator=(other);
    }
    return *this;
}

settings_map& settings_map::operator=(settings_map&& other) noexcept {
    if (this != &other) {
        wipe();
        clear();
        swap(other);
    }
    return *this;
}

void settings_map::put(std::string_view keyword, std::string_view value) {
    auto& place = try_emplace(std::string(keyword)).first->second;
    wipe_text(place);
    place = value;
}

} // namespace pgcoro::detail
