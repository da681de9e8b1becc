// SPDX-License-Identifier: BSL-1.0
// The calls of a pool that are no statements: acquire, open, close, and questions about it.
#pragma once

#include "pool/pool_session.hpp"

#include <pgcoro/detail/bound_call.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/transaction.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <utility>

namespace pgcoro::pooling {

/// A call that waits in the pool.
template <class T>
class waiting_call : public detail::bound_call<T>, public borrower {
public:
    void dropped() noexcept final { this->destroy(); }
    void refused(error why) noexcept override { this->complete_later(std::move(why)); }

protected:
    explicit waiting_call(std::shared_ptr<pool_session> e) noexcept : detail::bound_call<T>(e->where()), pool_(std::move(e)) {}

    virtual void ask() = 0;

    /// Tells the outcome, outside of the call that led to it.
    void complete_soon(result<T>&& outcome) {
        outcome_ = std::move(outcome);
        boost::asio::post(this->bound_->executor(), [self = owner(this)]() mutable {
            waiting_call& ended = *self.release();
            result<T> r = std::move(ended.outcome_);
            ended.complete(std::move(r));
        });
    }

    std::shared_ptr<pool_session> pool_;

private:
    using owner = std::unique_ptr<waiting_call, detail::destroy_call>;

    void begin_here() final {
        if (this->deadline() != time_point::max() && this->deadline() <= clock::now()) {
            this->complete_later(error(errc::timed_out).with(error::nothing_sent));
        } else {
            ask();
        }
    }
    void cancel_here() noexcept final {
        if (pool_->withdraw(*this)) {
            this->complete_later(detail::aborted().with(error::nothing_sent));
        }
    }

    result<T> outcome_;
};

class acquire_call final : public waiting_call<pooled_connection> {
public:
    acquire_call(std::shared_ptr<pool_session> e, std::source_location where) noexcept
        : waiting_call(std::move(e)), where_(where) {}

    void lent(slot& s) noexcept override;
    std::optional<std::source_location> where() const noexcept override { return where_; }

private:
    void ask() override { pool_->ask(*this, deadline()); }

    std::source_location where_;
};

/// Acquires, and opens a transaction.
class pool_begin_call final : public waiting_call<transaction> {
public:
    pool_begin_call(std::shared_ptr<pool_session> e, const transaction_options& options, std::source_location where) noexcept
        : waiting_call(std::move(e)), options_(options), where_(where) {}

    void lent(slot& s) noexcept override;
    std::optional<std::source_location> where() const noexcept override { return where_; }

private:
    void ask() override { pool_->ask(*this, deadline()); }

    transaction_options options_;
    std::source_location where_;
};

/// Acquires, and gives back at once.
class open_call final : public waiting_call<void> {
public:
    explicit open_call(std::shared_ptr<pool_session> e) noexcept : waiting_call(std::move(e)) {}

    void lent(slot& s) noexcept override {
        pool_->give_back(s);
        complete_soon(boost::outcome_v2::success());
    }

private:
    void ask() override { pool_->ask_once(*this, deadline()); }
};

/// Looks whether the server is there, and tells how the pool is then.
class health_call final : public waiting_call<pool_health> {
public:
    explicit health_call(std::shared_ptr<pool_session> e) noexcept : waiting_call(std::move(e)) {}

    void lent(slot&) noexcept override {}
    void refused(error why) noexcept override {
        complete_soon(why ? result<pool_health>(std::move(why)) : result<pool_health>(pool_->health()));
    }

private:
    void ask() override { pool_->look(*this, deadline()); }
};

/// Waits for all others: to be "refused" without an error is its success.
class close_call final : public waiting_call<void> {
public:
    close_call(std::shared_ptr<pool_session> e, std::chrono::milliseconds grace) noexcept
        : waiting_call(std::move(e)), grace_(grace) {}

    void lent(slot&) noexcept override {}
    void refused(error) noexcept override { complete_soon(boost::outcome_v2::success()); }

private:
    void ask() override { pool_->close(std::min(detail::from_now(grace_), deadline()), this); }

    std::chrono::milliseconds grace_;
};

template <class T>
class question_call final : public detail::call<T> {
public:
    using question = T (*)(pool_session&);

    question_call(std::shared_ptr<pool_session> e, question ask) noexcept
        : detail::call<T>(&e->where()), pool_(std::move(e)), ask_(ask) {}

    void destroy() noexcept override { delete this; }
    void cancel() noexcept override {} // it is answered at once

private:
    void begin() noexcept override {
        boost::asio::post(this->bound_->executor(),
                          [self = std::unique_ptr<question_call, detail::destroy_call>(this)]() mutable {
                              T answer = self->ask_(*self->pool_);
                              self.release()->complete(std::move(answer));
                          });
    }

    std::shared_ptr<pool_session> pool_;
    question ask_;
};

} // namespace pgcoro::pooling
