// SPDX-License-Identifier: BSL-1.0
// A call that cannot even begin, for there is no session to begin it on.
#pragma once

#include <pgcoro/detail/call.hpp>

#include <optional>

namespace pgcoro::detail {

template <class T>
class failed_call final : public call<T> {
public:
    explicit failed_call(error why) noexcept : call<T>(nullptr), why_(std::move(why)) {}

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override {}

private:
    void adopt(asio::any_io_executor executor) noexcept override { this->bound_ = &where_.emplace(std::move(executor)); }
    void begin() noexcept override { this->complete_later(std::move(why_)); }

    error why_;
    std::optional<bound_executor> where_;
};

} // namespace pgcoro::detail
