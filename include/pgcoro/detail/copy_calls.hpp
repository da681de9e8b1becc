// SPDX-License-Identifier: BSL-1.0
// What a copy_writer and a copy_reader share with their sessions.
#pragma once

#include <pgcoro/detail/copy_request.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// Bytes on their way to the server.
class copy_buffer final : public copy_sink {
public:
    copy_buffer(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : copy_sink(std::move(target), std::move(text)) {}

    /// On the executor.
    void append(std::span<const std::byte> bytes);

    std::span<const std::byte> piece() override;
    void piece_sent() noexcept override { bytes_.clear(); }

private:
    /// There is room for more.
    bool has_news() const noexcept override { return has_begun() && !is_ending() && bytes_.size() < piece_size; }
    void discard() noexcept override { bytes_.clear(); }

    std::vector<std::byte> bytes_;
};

/// Bytes that have come. As with rows, two buffers take turns.
class copy_chunks final : public copy_source {
public:
    copy_chunks(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : copy_source(std::move(target), std::move(text)) {}

    std::span<const std::byte> take_chunk();

    error take_bytes(std::span<const std::byte> message) override;

private:
    static constexpr std::size_t enough = 128 * 1024;

    /// The first news is that it has begun.
    bool has_news() const noexcept override { return !coming_.empty() || (has_begun() && !is_open()); }
    bool is_full() const noexcept override { return coming_.size() >= enough; }
    void discard() noexcept override { coming_.clear(); }

    std::vector<std::byte> current_;
    std::vector<std::byte> coming_;
};

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
