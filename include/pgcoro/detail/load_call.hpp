// SPDX-License-Identifier: BSL-1.0
// The calls that wait for items of a batch: one item, or several.
#pragma once

#include <pgcoro/detail/batch_of_items.hpp>
#include <pgcoro/detail/bound_call.hpp>
#include <pgcoro/result.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// Waits for one key.
template <class State, class Key>
class load_call final : public bound_call<typename State::value>, public State::waiter {
    using value = typename State::value;

public:
    /// Makes one in the memory of its state, if this is its thread.
    static call_ptr<value> make(const std::shared_ptr<State>& state, Key&& key) {
        void* const memory = state->where().runs_here() ? state->blocks().allocate() : ::operator new(State::block_size);
        return call_ptr<value>(::new (memory) load_call(state, std::move(key)));
    }

    void destroy() noexcept override {
        const std::shared_ptr<State> state = std::move(state_);
        this->~load_call();
        void* const memory = static_cast<void*>(this);
        state->where().runs_here() ? state->blocks().release(memory) : ::operator delete(memory);
    }

private:
    load_call(const std::shared_ptr<State>& state, Key&& key) noexcept
        : bound_call<value>(state->where()), state_(state), key_(std::move(key)) {
        static_assert(sizeof(load_call) <= State::block_size && alignof(load_call) <= alignof(std::max_align_t));
    }
    ~load_call() override = default;

    void begin_here() override {
        this->expires = this->deadline();
        state_->load(std::move(key_), *this);
    }
    void cancel_here() noexcept override {
        if (error why = state_->withdraw(*this)) {
            this->complete_later(std::move(why));
        }
    }
    void give(value&& v) override { this->complete(result<value>(std::move(v))); }
    void refuse(error why) override { this->complete(result<value>(std::move(why))); }
    void dropped() noexcept override { this->destroy(); }

    std::shared_ptr<State> state_;
    Key key_;
};

/// Waits for all of its keys, or for the first error.
template <class State, class Key>
class load_many_call final : public bound_call<std::vector<typename State::value>> {
    using value = typename State::value;
    using value_list = std::vector<value>;

public:
    load_many_call(std::shared_ptr<State> state, std::vector<Key>&& keys)
        : bound_call<value_list>(state->where()), state_(std::move(state)), keys_(std::move(keys)), parts_(keys_.size()) {}

private:
    class part final : public State::waiter {
    public:
        load_many_call* whole = nullptr;
        bool is_over = false;

    private:
        void give(value&& v) override { whole->on_value(*this, std::move(v)); }
        void refuse(error why) override { whole->on_error(*this, std::move(why)); }
        void dropped() noexcept override { whole->on_dropped(*this); }
    };

    void begin_here() override {
        if (parts_.empty()) {
            // Through a part that nobody asks for, to be told later as all others are.
            parts_.resize(1);
            is_empty_ = true;
            parts_[0].whole = this;
            left_ = 1;
            state_->give_later(parts_[0]);
            return;
        }
        values_.resize(keys_.size());
        left_ = parts_.size();
        for (std::size_t i = 0; i != parts_.size(); ++i) {
            parts_[i].whole = this;
            parts_[i].expires = this->deadline();
            state_->load(std::move(keys_[i]), parts_[i]);
        }
    }

    void cancel_here() noexcept override {
        if (left_ == 0) {
            return; // it is about to be told
        }
        const bool had_failed = static_cast<bool>(failure_);
        for (part& p : parts_) {
            if (error why = p.is_over ? error() : state_->withdraw(p)) {
                over(p);
                if (!failure_ || (!had_failed && !why.is(error::nothing_sent))) {
                    failure_ = std::move(why);
                }
            }
        }
        if (failure_ && left_ == 0) {
            this->complete_later(std::move(failure_));
        }
    }

    void over(part& p) noexcept {
        p.is_over = true;
        --left_;
    }

    void on_value(part& p, value&& v) {
        if (!is_empty_) {
            values_[static_cast<std::size_t>(&p - parts_.data())] = std::move(v);
        }
        over(p);
        if (left_ == 0) {
            finish();
        }
    }
    void on_error(part& p, error why) {
        over(p);
        if (!failure_) {
            failure_ = std::move(why);
            for (part& other : parts_) {
                if (!other.is_over && state_->withdraw(other)) {
                    over(other);
                }
            }
        }
        if (left_ == 0) {
            finish();
        }
    }
    void on_dropped(part& p) noexcept {
        over(p);
        if (left_ == 0) {
            this->destroy();
        }
    }
    void finish() {
        result<value_list> r = failure_ ? result<value_list>(std::move(failure_)) : result<value_list>(std::move(values_));
        this->complete(std::move(r));
    }

    std::shared_ptr<State> state_;
    std::vector<Key> keys_;
    std::vector<part> parts_;
    value_list values_;
    error failure_;
    std::size_t left_ = 0;
    bool is_empty_ = false;
};

} // namespace pgcoro::detail
