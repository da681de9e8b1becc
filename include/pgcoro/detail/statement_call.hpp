// SPDX-License-Identifier: BSL-1.0
// One statement with its Sync.
#pragma once

#include <pgcoro/detail/decode.hpp>
#include <pgcoro/detail/request_call.hpp>

namespace pgcoro::detail {

template <class T>
class statement_call final : public request_call<statement_call<T>, T> {
public:
    template <class... Args>
    statement_call(const std::shared_ptr<session>& s, statement_text&& text, decoder<T> decode, Args&&... args)
        : request_call<statement_call, T>(s, text_, values_),
          text_(std::move(text)),
          decode_(decode),
          values_(encode_parameters(std::forward<Args>(args)...)) {}

    [[gnu::hot]] void consume(std::size_t, result_handle r) override {
        if (error e = decode_(std::move(r), value_)) [[unlikely]] {
            failure_ = std::move(e);
        }
    }
    void rewind() noexcept override {
        value_.reset();
        failure_.reset();
    }

    result<T> take() {
        if (failure_) [[unlikely]] {
            return *std::move(failure_);
        }
        return *std::move(value_);
    }

private:
    statement_text text_;
    decoder<T> decode_;
    std::optional<T> value_;
    std::optional<error> failure_;
    parameters values_; // last, for it is large and mostly unused
};

} // namespace pgcoro::detail
