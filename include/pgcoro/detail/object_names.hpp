// SPDX-License-Identifier: BSL-1.0
// What a server calls the objects that values of regclass and its like stand for.
#pragma once

#include <pgcoro/oids.hpp>

#include <compare>
#include <string>
#include <vector>

namespace pgcoro::detail {

/// A value of regclass or its like: the same number means another thing for each of these types.
struct object_key {
    oid_number type = oids::unspecified;
    oid_number object = oids::unspecified;

    auto operator<=>(const object_key&) const = default;
};

struct named_object {
    object_key key;
    /// As the server printed it when it was asked, by the search_path of that moment.
    std::string name;
};

/// Shared between threads, so never changed.
class object_names {
public:
    explicit object_names(std::vector<named_object> objects);

    /// Null if the server was not asked.
    const std::string* find(object_key key) const noexcept;

private:
    std::vector<named_object> objects_; // by key
};

} // namespace pgcoro::detail
