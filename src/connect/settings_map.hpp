// SPDX-License-Identifier: BSL-1.0
// libpq's keywords and their values, passwords among them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pgcoro::detail {

/// A map that leaves nothing behind in memory it gives back: what its values held is overwritten first.
class settings_map : public std::map<std::string, std::string, std::less<>> {
public:
    settings_map() = default;
    settings_map(const settings_map&) = default;
    settings_map(settings_map&&) = default;
    settings_map& operator=(const settings_map& other);
    settings_map& operator=(settings_map&& other) noexcept;
    ~settings_map() { wipe(); }

    /// In the place of `insert_or_assign`: text of another length would move to other memory.
    void put(std::string_view keyword, std::string_view value);

private:
    void wipe() noexcept;
};

} // namespace pgcoro::detail
