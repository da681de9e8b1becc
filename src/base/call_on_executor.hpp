// SPDX-License-Identifier: BSL-1.0
// Calls to objects that are used on one executor only, from wherever the caller is.
#pragma once

#include <boost/asio/dispatch.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace pgcoro {

/// Calls `function(*target)` on the executor that `target` is bound to, at once if the caller runs there. Null is ignored.
template <class T, class Function>
void call_on_executor(std::shared_ptr<T> target, Function function) noexcept {
    if (!target) {
        return;
    }
    if (target->where().runs_here()) {
        std::invoke(function, *target);
        return;
    }
    const auto executor = target->where().executor();
    boost::asio::dispatch(executor, [target = std::move(target), function] { std::invoke(function, *target); });
}

} // namespace pgcoro
