// SPDX-License-Identifier: BSL-1.0
// One statement with its Sync.
#pragma once

#include <pgcoro/detail/answer.hpp>
#include <pgcoro/detail/request_call.hpp>

namespace pgcoro::detail {

/// What is seldom asked of a statement. Compiled once, in the library.
class statement_request : public request {
public:
    void rewind() noexcept final;
    void consume_chunk(result_handle& r, const type_catalogue_ptr& types, std::size_t expected) final;
    bool end_chunks() final;
    bool has_more_rows() const noexcept final;
    bool read_on(const type_catalogue_ptr& types) final;
    void unknown_types(wanted_types& out) const final;
    bool look_again(const type_catalogue_ptr& types) final;

protected:
    using request::request;
    ~statement_request() = default;

private:
    virtual const answer_base& reply() const noexcept = 0;
    virtual answer_base& reply() noexcept = 0;
};

template <class T>
class statement_call final : public request_call<statement_call<T>, T, statement_request> {
public:
    template <class... Args>
    statement_call(const std::shared_ptr<request_target>& s, statement_text&& text, decoder<T> decode, Args&&... args)
        : request_call<statement_call, T, statement_request>(s, text_, values_),
          text_(std::move(text)),
          answer_(decode),
          values_(encode_parameters(std::forward<Args>(args)...)) {
        if constexpr (is_vector<T>) {
            this->takes_chunks = this->is_special = this->tells_sending = text_.takes_chunks();
        }
    }

    [[gnu::hot]] bool consume(std::size_t, result_handle& r, const type_catalogue_ptr& types) override {
        return answer_.consume(r, types);
    }
    error fill_in(const type_catalogue& types) override { return values_.fill_in(types); }

    result<T> take() {
        if (const error* failure = answer_.failure()) [[unlikely]] {
            return with_statement(*failure, *this);
        }
        return answer_.take_value();
    }

private:
    const answer_base& reply() const noexcept override { return answer_; }
    answer_base& reply() noexcept override { return answer_; }

    statement_text text_;
    answer<T> answer_;
    parameters values_; // last, for it is large and mostly unused
};

} // namespace pgcoro::detail
