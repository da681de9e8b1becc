// SPDX-License-Identifier: BSL-1.0
// What a copy_writer and a copy_reader share with their sessions.
#pragma once

#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/stream_calls.hpp>
#include <pgcoro/detail/stream_origin.hpp>
#include <pgcoro/operation.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
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
    void keep_unsent() noexcept;

    std::span<const std::byte> unsent() const noexcept { return std::span(bytes_).subspan(sent_); }
    std::span<const std::byte> next_piece() const noexcept { return unsent().first(std::min(unsent().size(), piece_size)); }

    /// Memory of so many bytes is kept for what is written later.
    static constexpr std::size_t most_kept = 1024 * 1024;

    std::vector<std::byte> bytes_;
    std::size_t sent_ = 0; // of them
};

/// Bytes that have come. As with rows, two buffers take turns.
class copy_chunks final : public stream_request {
public:
    copy_chunks(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : stream_request(kind::copy_out, std::move(target), std::move(text), {}) {}

    std::span<const std::byte> take_chunk();
    /// Of the chunks taken. Changed by `take_chunk` alone: whoever was given a chunk may ask on any thread.
    std::uint64_t messages_taken() const noexcept { return messages_taken_; }

    error take_bytes(std::span<const std::byte> message) override;

private:
    static constexpr std::size_t enough = 128 * 1024;

    /// The first news is that it has begun.
    bool has_news() const noexcept override { return !coming_.empty() || (has_begun() && !is_open()); }
    bool is_full() const noexcept override { return coming_.size() >= enough; }
    void discard() noexcept override {
        coming_.clear();
        messages_coming_ = 0;
    }

    std::vector<std::byte> current_;
    std::vector<std::byte> coming_;
    std::uint64_t messages_taken_ = 0;
    std::uint64_t messages_coming_ = 0;
};

/// Of what is written to a COPY that has ended.
error written_after_end();
error exception_while_writing(std::exception_ptr thrown);

/// Appends something to the bytes of a COPY: `State::append` takes it, or is false.
template <class State, class Data>
class append_call final : public stream_call<void, State> {
public:
    append_call(std::shared_ptr<State> s, Data data) noexcept : stream_call<void, State>(std::move(s)), data_(data) {}

private:
    void act() override {
        try {
            is_late_ = !this->state_->append(data_);
        } catch (...) { // the program's own code has encoded a row, or memory has run out
            this->state_->fail(exception_while_writing(std::current_exception()));
            this->state_->refuse_data("a value could not be sent");
        }
    }
    result<void> outcome(error why) override {
        if (!why && is_late_) {
            why = written_after_end();
        }
        return why ? result<void>(std::move(why)) : result<void>(boost::outcome_v2::success());
    }

    Data data_;
    bool is_late_ = false;
};

template <class State, class Data>
operation<void> append_to_copy(const std::shared_ptr<State>& s, Data data) {
    return operation<void>(s ? call_ptr<void>(new append_call<State, Data>(s, data)) : failed<void>(errc::connection_closed));
}
operation<command_tag> finish_copy(std::shared_ptr<copy_sink> s);
operation<void> abort_copy(std::shared_ptr<copy_sink> s, std::string reason);

} // namespace pgcoro::detail
