// SPDX-License-Identifier: BSL-1.0
// Lets tests submit to a multiplexer what its public face would not.
#pragma once

#include <pgcoro/multiplexer.hpp>

namespace pgcoro::detail {

struct multiplexer_access {
    static const std::shared_ptr<request_target>& session_of(const multiplexer& m) noexcept { return m.session_; }
};

} // namespace pgcoro::detail
