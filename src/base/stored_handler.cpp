// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/stored_handler.hpp>

#include <boost/asio/dispatch.hpp>

#include <utility>

namespace pgcoro::detail {

asio::any_io_executor keep_busy(const asio::any_io_executor& executor) {
    return asio::prefer(executor, asio::execution::outstanding_work.tracked);
}

void dispatch_to(const asio::any_io_executor& executor, std::unique_ptr<handover> work) {
    asio::dispatch(executor, [owned = std::move(work)]() mutable { owned.release()->run(); });
}

} // namespace pgcoro::detail
