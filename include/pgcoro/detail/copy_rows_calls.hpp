// SPDX-License-Identifier: BSL-1.0
// The calls of typed COPY. Each asks first what columns there are, and of what types.
#pragma once

#include <pgcoro/detail/copied_rows.hpp>
#include <pgcoro/detail/copy_calls.hpp>
#include <pgcoro/detail/copy_statement.hpp>
#include <pgcoro/detail/statement_call.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>
#include <utility>

namespace pgcoro::detail {

/// Asks for the columns, and then opens what `make` makes of them.
template <class T>
class described_call : public call<T>, public stream_waiter {
public:
    void destroy() noexcept final { delete this; }
    void drop() noexcept final { delete this; }
    void cancel() noexcept final {
        if (state_) {
            state_->cancel(aborted());
        } else {
            stop_.emit(boost::asio::cancellation_type::all);
        }
    }

protected:
    template <class Carrier>
    described_call(const Carrier& carrier, result<std::string> question)
        : call<T>(&stream_origin(carrier).target->where()), origin_(carrier) {
        if (question) {
            description_ =
                statement_call<rowset>::make(carrier, statement_text(std::move(question).assume_value()), &decode_rowset);
        } else {
            refusal_ = std::move(question).error();
        }
    }
    virtual ~described_call() = default;

    /// What is to be opened, now that the columns are known.
    virtual result<std::shared_ptr<stream_request>> make(rowset&& columns) = 0;

    const stream_origin& origin() const noexcept { return origin_; }

private:
    using owner = std::unique_ptr<described_call, destroy_call>;

    void begin() noexcept final {
        if (refusal_) {
            this->complete_later(refusal_.with(error::nothing_sent));
            return;
        }
        waits_until = this->deadline();
        auto question = std::move(description_);
        question->by(waits_until);
        const auto executor = this->bound_->executor();
        const auto slot = stop_.slot();
        auto described = [self = owner(this)](result<rowset> columns) mutable {
            auto& c = *self.release();
            c.described(std::move(columns));
        };
        question.release()->start(
            boost::asio::bind_executor(executor, boost::asio::bind_cancellation_slot(slot, std::move(described))));
    }

    void described(result<rowset> columns) {
        auto made = columns ? make(std::move(columns).assume_value())
                            : result<std::shared_ptr<stream_request>>(std::move(columns).assume_error());
        if (!made) {
            this->complete(result<T>(std::move(made).assume_error()));
            return;
        }
        const auto state = state_ = std::move(made).assume_value(); // this may be gone when it returns
        state->open(*this);
    }

    stream_origin origin_;
    call_ptr<rowset> description_;
    error refusal_;
    boost::asio::cancellation_signal stop_;
    std::shared_ptr<stream_request> state_;
};

/// Copies a range, and completes when the server has it.
template <class Range>
class copy_range_call final : public described_call<command_tag> {
public:
    template <class Carrier>
    static call_ptr<command_tag> make(const Carrier& carrier, const copy_target& target, Range rows) {
        return carrier ? call_ptr<command_tag>(new copy_range_call(carrier, target, std::move(rows)))
                       : failed<command_tag>(stream_origin(carrier).missing);
    }

    void deliver(error why) override {
        const auto state = std::move(copy_);
        why = why ? why : state->failure();
        result<command_tag> r = why ? result<command_tag>(std::move(why)) : result<command_tag>(state->tag());
        this->complete(std::move(r));
    }

private:
    template <class Carrier>
    copy_range_call(const Carrier& carrier, const copy_target& target, Range rows)
        : described_call(carrier, describe_statement(target)), target_(target), rows_(std::move(rows)) {}

    result<std::shared_ptr<stream_request>> make(rowset&& columns) override {
        BOOST_OUTCOME_TRY(auto statement, copy_in_statement(target_));
        copy_ = this->origin().template make<copied_range<Range>>(statement_text(std::move(statement)), std::move(columns),
                                                                  std::move(rows_));
        if (error misfit = copy_->check()) {
            return misfit;
        }
        return std::shared_ptr<stream_request>(copy_);
    }

    copy_target target_;
    Range rows_;
    std::shared_ptr<copied_range<Range>> copy_;
};

/// Opens a COPY into a table, and gives its `Handle`.
template <class Handle, class State>
class open_copy_call final : public described_call<Handle> {
public:
    template <class Carrier>
    static call_ptr<Handle> make(const Carrier& carrier, const copy_target& target) {
        return carrier ? call_ptr<Handle>(new open_copy_call(carrier, target)) : failed<Handle>(stream_origin(carrier).missing);
    }

    void deliver(error why) override {
        auto state = std::move(copy_);
        why = why ? why : state->failure();
        result<Handle> r = why ? result<Handle>(std::move(why)) : result<Handle>(Handle(std::move(state)));
        this->complete(std::move(r));
    }

private:
    template <class Carrier>
    open_copy_call(const Carrier& carrier, const copy_target& target)
        : described_call<Handle>(carrier, describe_statement(target)), target_(target) {}

    result<std::shared_ptr<stream_request>> make(rowset&& columns) override {
        BOOST_OUTCOME_TRY(auto statement, copy_in_statement(target_));
        copy_ = this->origin().template make<State>(statement_text(std::move(statement)), std::move(columns));
        if (error misfit = copy_->check()) {
            return misfit;
        }
        return std::shared_ptr<stream_request>(copy_);
    }

    copy_target target_;
    std::shared_ptr<State> copy_;
};

/// What a call keeps of a range: itself if it is given away, else a pointer.
template <class Held, class Range>
Held held(Range& rows) {
    if constexpr (std::is_pointer_v<Held>) {
        return &rows;
    } else {
        return std::move(rows);
    }
}

} // namespace pgcoro::detail
