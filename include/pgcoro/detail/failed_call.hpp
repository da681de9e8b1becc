// SPDX-License-Identifier: BSL-1.0
// A call that cannot even begin, for there is no session to begin it on.
#pragma once

#include <pgcoro/detail/call.hpp>

namespace pgcoro::detail {

/// Why, and where it is told. Compiled once, in the library.
class failure_to_begin {
public:
    explicit failure_to_begin(error e) noexcept;
    ~failure_to_begin();
    failure_to_begin(const failure_to_begin&) = delete;
    failure_to_begin& operator=(const failure_to_begin&) = delete;

    const bound_executor* bind(const asio::any_io_executor& executor);

    error why;

private:
    owned<bound_executor> where_;
};

template <class T>
class failed_call final : public call<T> {
public:
    explicit failed_call(error why) noexcept : call<T>(nullptr), failure_(std::move(why)) {}

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override {}

private:
    void adopt(const asio::any_io_executor& executor) noexcept override { this->bound_ = failure_.bind(executor); }
    void begin() noexcept override { this->complete_later(std::move(failure_.why)); }

    failure_to_begin failure_;
};

/// One that fails with `why`, and has sent nothing.
template <class T>
call_ptr<T> failed(errc why) {
    return call_ptr<T>(new failed_call<T>(error(why).with(error::nothing_sent)));
}

} // namespace pgcoro::detail
