// SPDX-License-Identifier: BSL-1.0
// The operations of a cursor, and what depends on the type of its rows.
#pragma once

#include <pgcoro/detail/bound_call.hpp>
#include <pgcoro/detail/cursor_rows.hpp>
#include <pgcoro/detail/cursor_state.hpp>
#include <pgcoro/detail/failed_call.hpp>

#include <boost/asio/post.hpp>

namespace pgcoro::detail {

/// A FETCH. `Rows` is a `std::vector<Row>` or a `rowset`.
template <class Rows>
class rows_request final : public cursor_request {
public:
    rows_request(cursor_rows<Rows>& to, std::string text, int count, rows_wanted wanted, decoder<Rows> decode)
        : cursor_request(kind::fetch, std::move(text), count), to_(to), answer_(decode) {
        want(wanted);
    }

    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override {
        if (!is_last(step)) {
            return false;
        }
        state().measure(r.get());
        return answer_.consume(r, types);
    }
    void rewind() noexcept override { answer_.rewind(); }
    bool has_more_rows() const noexcept override { return answer_.has_more_rows(); }
    bool read_on(const type_catalogue_ptr& types) override { return answer_.read_on(types); }
    void unknown_types(wanted_types& out) const override { answer_.unknown_types(out); }
    bool look_again(const type_catalogue_ptr& types) override { return answer_.look_again(types); }

private:
    error take(std::uint64_t& rows) override {
        if (const error* failure = answer_.failure()) {
            return *failure;
        }
        Rows made = answer_.take_value();
        rows = made.size();
        to_.push(std::move(made));
        return {};
    }

    cursor_rows<Rows>& to_; // the state's
    answer<Rows> answer_;
};

template <class Row>
class typed_cursor final : public cursor_state {
public:
    using rows_type = typename fetched<Row>::type;

    typed_cursor(std::shared_ptr<transaction_scope> scope, std::shared_ptr<void> lease, const cursor_options& options,
                 statement_text query, parameters values)
        : cursor_state(std::move(scope), std::move(lease), options, std::move(query), std::move(values), fetched<Row>::wanted) {
    }

    rows_type take_rows(std::uint64_t rows) { return rows_.take(static_cast<std::size_t>(rows)); }

private:
    cursor_request* make_fetch(std::string text, int count) override {
        return new rows_request<rows_type>(rows_, std::move(text), count, fetched<Row>::wanted, fetched<Row>::decode);
    }
    void skip_rows(std::size_t rows) noexcept override { rows_.skip(rows); }
    void clear_rows() noexcept override { rows_.clear(); }

    cursor_rows<rows_type> rows_;
};

/// `Take` makes the operation's value when it has succeeded.
template <class T, class Take>
class cursor_call final : public bound_call<T>, public cursor_waiter {
public:
    cursor_call(std::shared_ptr<cursor_state> s, kind k, std::optional<int> count) noexcept
        : bound_call<T>(s->where()), cursor_waiter(k, count), state_(std::move(s)) {
        this->by(state_->expires());
    }

    static call_ptr<T> make(const std::shared_ptr<cursor_state>& s, kind k, std::optional<int> count) {
        if (!s) {
            return failed<T>(errc::transaction_over);
        }
        return call_ptr<T>(new cursor_call(s, k, count));
    }

    void dropped() noexcept override { delete this; }

    void over() override {
        result<T> r = outcome ? result<T>(std::move(outcome)) : Take()(*state_, rows);
        this->complete(std::move(r));
    }
    void over_later() noexcept override {
        asio::post(this->bound_->executor(), [self = owner(this)]() mutable { self.release()->over(); });
    }

private:
    using owner = std::unique_ptr<cursor_call, destroy_call>;

    void begin_here() override {
        expires = this->deadline();
        state_->start(*this);
    }
    void cancel_here() noexcept override { state_->cancel(*this, aborted()); }

    std::shared_ptr<cursor_state> state_;
};

struct take_nothing {
    result<> operator()(cursor_state&, std::uint64_t) const noexcept { return boost::outcome_v2::success(); }
};
struct take_count {
    result<std::uint64_t> operator()(cursor_state&, std::uint64_t rows) const noexcept { return rows; }
};
template <class Row>
struct take_rows {
    auto operator()(cursor_state& s, std::uint64_t rows) const {
        auto taken = static_cast<typed_cursor<Row>&>(s).take_rows(rows);
        s.on_left(rows - taken.size());
        return result<decltype(taken)>(std::move(taken));
    }
};

} // namespace pgcoro::detail
