// SPDX-License-Identifier: BSL-1.0
// A transaction or savepoint, as its handle, its statements and its session know it.
#pragma once

#include <pgcoro/detail/request.hpp>
#include <pgcoro/transaction_options.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pgcoro::detail {

class request_target;
class transaction_scope;

/// What rolls a transaction back whose handle is gone: a request of the session's own that is part of the scope, so that a
/// destructor needs no memory.
class rollback_request final : public request {
public:
    explicit rollback_request(transaction_scope& of) noexcept;

    bool consume(std::size_t, result_handle&, const type_catalogue_ptr&) override { return false; }
    void rewind() noexcept override {}
    void finish() override { drop(); }
    void abandon() override {}
    void drop() noexcept override { const auto last = std::move(self); }

    std::shared_ptr<transaction_scope> self; // while it is queued

private:
    const statement_text& text_of(std::size_t step) const noexcept override;
    const parameters& values_of(std::size_t) const noexcept override { return none_; }

    parameters none_;
};

/// Has requests of its own in flight in a transaction.
class scope_guest {
public:
    /// The transaction's handle is gone, and ROLLBACK is about to be queued.
    virtual void on_scope_abandoned() noexcept = 0;

    scope_guest* next_guest = nullptr;

protected:
    ~scope_guest() = default;
};

/// On the session's executor only, but for what never changes.
class transaction_scope {
public:
    /// What the server knows of it.
    enum class phase : unsigned char {
        fresh,     // nothing: BEGIN travels with the first statement
        beginning, // BEGIN is in flight, and what follows waits: it must not run should BEGIN fail
        open,
        ending, // COMMIT or ROLLBACK is in flight
        over,
    };

    /// `through` takes its statements; they reach `real`, the engine of one connection.
    transaction_scope(std::shared_ptr<request_target> through, request_target& real, const transaction_options& options);
    /// A savepoint.
    explicit transaction_scope(std::shared_ptr<transaction_scope> outer);

    bool is_savepoint() const noexcept { return outer != nullptr; }
    /// What begins it, what makes it last, and what undoes it (a savepoint is left behind by the second, too).
    const std::string& opening() const noexcept { return opening_; }
    const statement_text& commit_text() const noexcept { return commit_; }
    std::size_t rollback_steps() const noexcept { return is_savepoint() ? 2 : 1; }
    const statement_text& rollback_text(std::size_t step) const noexcept { return step == 0 ? rollback_ : commit_; }
    bool tracks_outcome() const noexcept { return tracks_outcome_; }

    void end(error why) noexcept {
        at = phase::over;
        failure = std::move(why);
    }

    void add(scope_guest& g) noexcept {
        g.next_guest = guests_;
        guests_ = &g;
    }
    void remove(scope_guest& g) noexcept;
    /// To all guests: the handle is gone.
    void tell_guests() noexcept;

    const std::shared_ptr<request_target> owner;
    request_target& engine; // which `owner` is, or keeps
    const std::shared_ptr<transaction_scope> outer;
    /// No statement of it may take longer.
    std::chrono::steady_clock::time_point expires = std::chrono::steady_clock::time_point::max();
    phase at = phase::fresh;
    /// Why it is over, if nobody asked for that.
    error failure;
    std::optional<std::uint64_t> id;
    /// For observers: when it began, if there are any, and how often `transact` has tried.
    std::chrono::steady_clock::time_point begun{};
    std::unique_ptr<void*[]> observers_data;
    int attempt = 1;
    /// COMMIT was answered by ROLLBACK.
    bool was_rolled_back = false;
    rollback_request rollback;

private:
    bool tracks_outcome_ = false;
    scope_guest* guests_ = nullptr;
    std::string opening_;
    statement_text commit_;
    statement_text rollback_;
};

} // namespace pgcoro::detail
