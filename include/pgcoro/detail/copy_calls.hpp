// SPDX-License-Identifier: BSL-1.0
// What a copy_writer and a copy_reader share with their sessions.
#pragma once

#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/stream_calls.hpp>
#include <pgcoro/detail/transaction_scope.hpp>
#include <pgcoro/operation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// Bytes on their way to the server.
class copy_buffer final : public copy_sink {
public:
    copy_buffer(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : copy_sink(std::move(target), std::move(text)) {}

    /// On the executor. False if it takes no more.
    bool append(std::span<const std::byte> bytes);

    std::span<const std::byte> piece() override;
    void piece_sent() noexcept override;

private:
    /// There is room for more.
    bool has_news() const noexcept override { return has_begun() && !is_ending() && unsent().size() < piece_size; }
    void discard() noexcept override;

    std::span<const std::byte> unsent() const noexcept { return std::span(bytes_).subspan(sent_); }

    std::vector<std::byte> bytes_;
    std::size_t sent_ = 0; // of them
};

/// Bytes that have come. As with rows, two buffers take turns.
class copy_chunks final : public stream_request {
public:
    copy_chunks(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : stream_request(kind::copy_out, std::move(target), std::move(text), {}) {}

    std::span<const std::byte> take_chunk();
    const command_tag& tag() const noexcept { return tag_; }
    /// Of the chunks taken. Changed by `take_chunk` alone: whoever was given a chunk may ask on any thread.
    std::uint64_t messages_taken() const noexcept { return messages_taken_; }

    void on_begun() noexcept override;
    error take(result_handle&, const type_catalogue_ptr&) override { return {}; }
    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override;
    error take_bytes(std::span<const std::byte> message) override;

private:
    static constexpr std::size_t enough = 128 * 1024;

    /// The first news is that it has begun.
    bool has_news() const noexcept override { return !coming_.empty() || (has_begun_ && !is_open()); }
    bool is_full() const noexcept override { return coming_.size() >= enough; }
    void discard() noexcept override {
        coming_.clear();
        messages_coming_ = 0;
    }

    command_tag tag_;
    bool has_begun_ = false;
    std::vector<std::byte> current_;
    std::vector<std::byte> coming_;
    std::uint64_t messages_taken_ = 0;
    std::uint64_t messages_coming_ = 0;
};

/// What the calls of a COPY into a table have in common: they do something on the executor, and wait.
template <class T, class State>
class write_call : public call<T>, public stream_waiter {
public:
    explicit write_call(std::shared_ptr<State> s) noexcept : call<T>(&s->target().where()), state_(std::move(s)) {}

    void destroy() noexcept final { delete this; }
    void drop() noexcept final { delete this; }
    void cancel() noexcept final {
        if (!is_here_) {
            is_cancelled_ = true;
        } else if (state_->withdraw(*this)) {
            this->complete_later(waits_no_longer(aborted()));
        }
    }
    void deliver(error why) final {
        why = why ? waits_no_longer(std::move(why)) : state_->failure();
        result<T> r = outcome(std::move(why));
        this->complete(std::move(r));
    }

protected:
    virtual ~write_call() = default;
    virtual void act() = 0;
    virtual result<T> outcome(error why) = 0;
    /// It was cancelled, or is late: what its caller is told.
    virtual error waits_no_longer(error why) const noexcept { return why; }

    std::shared_ptr<State> state_;

private:
    using owner = std::unique_ptr<write_call, destroy_call>;

    void begin() noexcept final {
        if (this->bound_->runs_here()) {
            begin_here();
        } else {
            // Owned by what carries it there: a loop that ends first takes it along.
            boost::asio::dispatch(this->bound_->executor(), [self = owner(this)]() mutable { self.release()->begin_here(); });
        }
    }
    void begin_here() noexcept {
        is_here_ = true;
        this->waits_until = this->deadline();
        if (is_cancelled_) {
            this->complete_later(aborted());
        } else if (state_->is_awaited()) {
            this->complete_later(read_in_progress());
        } else {
            act();
            state_->wait(*this);
        }
    }

    bool is_here_ = false;
    bool is_cancelled_ = false;
};

/// Of what is written to a COPY that has ended.
error written_after_end();

/// Appends something to the bytes of a COPY: `State::append` takes it, or is false.
template <class State, class Data>
class append_call final : public write_call<void, State> {
public:
    append_call(std::shared_ptr<State> s, Data data) noexcept : write_call<void, State>(std::move(s)), data_(data) {}

private:
    void act() override { is_late_ = !this->state_->append(data_); }
    result<void> outcome(error why) override {
        if (!why && is_late_) {
            why = written_after_end();
        }
        return why ? result<void>(std::move(why)) : result<void>(boost::outcome_v2::success());
    }

    Data data_;
    bool is_late_ = false;
};

/// A call that cannot begin, for there is no session.
template <class T>
operation<T> without_session() {
    return operation<T>(call_ptr<T>(new failed_call<T>(error(errc::connection_closed).with(error::nothing_sent))));
}

template <class State, class Data>
operation<void> append_to_copy(const std::shared_ptr<State>& s, Data data) {
    return s ? operation<void>(call_ptr<void>(new append_call<State, Data>(s, data))) : without_session<void>();
}
operation<command_tag> finish_copy(std::shared_ptr<copy_sink> s);
operation<void> abort_copy(std::shared_ptr<copy_sink> s, std::string reason);

/// A stream of type `State`; null if there is no session, or transaction, for it.
template <class State>
std::shared_ptr<State> make_stream(const std::shared_ptr<request_target>& target, statement_text&& text) {
    return target ? std::make_shared<State>(target, std::move(text)) : nullptr;
}

template <class State>
std::shared_ptr<State> make_stream(const std::shared_ptr<transaction_scope>& scope, statement_text&& text) {
    if (!scope) {
        return nullptr;
    }
    // What keeps the session keeps the transaction, too.
    auto state = std::make_shared<State>(std::shared_ptr<request_target>(scope, scope->owner.get()), std::move(text));
    state->scope = scope.get();
    state->limit(scope->expires);
    return state;
}

} // namespace pgcoro::detail
