// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/request_target.hpp>

#include "observe/observation.hpp"

#include <boost/asio/dispatch.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

void submit_from_anywhere(request_target& s, request& r) noexcept {
    if (s.where().runs_here()) {
        s.submit(r);
        return;
    }
    if (s.observers() && !r.scope) {
        observation::begin(s, r); // here, where the caller is; what a transaction knows belongs to its executor
    }
    struct drop {
        void operator()(request* dropped) const noexcept { dropped->drop(); }
    };
    // Owned by what carries it there: a loop that ends first takes it along.
    boost::asio::dispatch(s.where().executor(),
                          [&s, owned = std::unique_ptr<request, drop>(&r)]() mutable { s.submit(*owned.release()); });
}

} // namespace pgcoro::detail
