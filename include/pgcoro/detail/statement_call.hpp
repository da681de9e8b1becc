// SPDX-License-Identifier: BSL-1.0
// One statement with its Sync.
#pragma once

#include <pgcoro/detail/answer.hpp>
#include <pgcoro/detail/request_call.hpp>

namespace pgcoro::detail {

template <class T>
class statement_call final : public request_call<statement_call<T>, T> {
public:
    template <class... Args>
    statement_call(const std::shared_ptr<request_target>& s, statement_text&& text, decoder<T> decode, Args&&... args)
        : request_call<statement_call, T>(s, text_, values_),
          text_(std::move(text)),
          answer_(decode),
          values_(encode_parameters(std::forward<Args>(args)...)) {}

    [[gnu::hot]] bool consume(std::size_t, result_handle& r, const type_catalogue_ptr& types) override {
        return answer_.consume(r, types);
    }
    void rewind() noexcept override { answer_.rewind(); }
    error fill_in(const type_catalogue& types) override { return values_.fill_in(types); }
    bool has_more_rows() const noexcept override { return answer_.has_more_rows(); }
    bool read_on(const type_catalogue_ptr& types) override { return answer_.read_on(types); }
    void unknown_types(wanted_types& out) const override { answer_.unknown_types(out); }
    bool look_again(const type_catalogue_ptr& types) override { return answer_.look_again(types); }

    result<T> take() {
        if (const error* failure = answer_.failure()) [[unlikely]] {
            return *failure;
        }
        return answer_.take_value();
    }

private:
    statement_text text_;
    answer<T> answer_;
    parameters values_; // last, for it is large and mostly unused
};

} // namespace pgcoro::detail
