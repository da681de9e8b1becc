// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/object_names.hpp>

#include <algorithm>
#include <utility>

namespace pgcoro::detail {

object_names::object_names(std::vector<named_object> objects) : objects_(std::move(objects)) {
    std::ranges::sort(objects_, {}, &named_object::key);
}

const std::string* object_names::find(object_key key) const noexcept {
    const auto at = std::ranges::lower_bound(objects_, key, {}, &named_object::key);
    return at != objects_.end() && at->key == key ? &at->name : nullptr;
}

} // namespace pgcoro::detail
