// SPDX-License-Identifier: BSL-1.0
// The engine of one connection as public templates see it. The engine itself is src/wire/session.hpp.
#pragma once

#include <pgcoro/detail/home.hpp>
#include <pgcoro/detail/request.hpp>

#include <cstddef>
#include <new>
#include <utility>

namespace pgcoro::detail {

/// Memory for calls, kept by the session between queries: a query in steady state allocates nothing.
class block_pool {
public:
    static constexpr std::size_t block_size = 768;

    block_pool() noexcept = default;
    block_pool(const block_pool&) = delete;
    block_pool& operator=(const block_pool&) = delete;
    ~block_pool();

    void* allocate() {
        if (!free_) {
            return ::operator new(block_size);
        }
        --kept_;
        return std::exchange(free_, free_->next);
    }

    void release(void* block) noexcept {
        if (kept_ == most_kept) {
            ::operator delete(block);
            return;
        }
        ++kept_;
        free_ = ::new (block) node{free_};
    }

private:
    struct node {
        node* next;
    };
    static constexpr std::size_t most_kept = 1024;
    node* free_ = nullptr;
    std::size_t kept_ = 0;
};

class session {
public:
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    home& where() noexcept { return home_; }

    /// Queues a request and sends it as soon as may be. On the executor only.
    virtual void submit(request& r) noexcept = 0;
    /// Gives up waiting for a request: taken out if nothing was sent, else its results are discarded when they come.
    virtual void cancel(request& r, error why) noexcept = 0;

    block_pool& blocks() noexcept { return blocks_; }

protected:
    explicit session(boost::asio::any_io_executor executor) : home_(std::move(executor)) {}
    ~session() = default;

private:
    home home_;
    block_pool blocks_;
};

/// Submits a request that keeps its session alive, on the session's executor: at once if that is where the caller runs.
void submit_from_anywhere(session& s, request& r) noexcept;

} // namespace pgcoro::detail
