// SPDX-License-Identifier: BSL-1.0
// A call that is carried out by a session as one request: what single statements, batches and execute_many have in common.
#pragma once

#include <pgcoro/detail/call.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace pgcoro::detail {

// A block of the pool is the heap's, too.
struct free_memory {
    void operator()(void* memory) const noexcept { ::operator delete(memory); }
};

/// `Derived` has the statements of `request`, of which `Base` is a kind, and `result<T> take()`, which gives what was consumed.
template <class Derived, class T, class Base = request>
class request_call : public Base, public call<T> {
public:
    /// Makes a `Derived` in the session's own memory if it fits and if this is its thread, else on the heap.
    template <class... Args>
    static call_ptr<T> make(const std::shared_ptr<request_target>& s, Args&&... args) {
        if (!s) {
            return no_session();
        }
        if constexpr (pooled()) {
            void* memory = s->where().runs_here() ? s->blocks().allocate() : ::operator new(block_pool::block_size);
            owned<void, free_memory> guard(memory);
            call_ptr<T> made(::new (memory) Derived(s, std::forward<Args>(args)...));
            static_cast<void>(guard.release());
            return made;
        } else {
            return call_ptr<T>(new Derived(s, std::forward<Args>(args)...));
        }
    }

    /// The same as a part of a transaction.
    template <class... Args>
    static call_ptr<T> make(const std::shared_ptr<transaction_scope>& scope, Args&&... args) {
        if (!scope) {
            return failed<T>(errc::transaction_over);
        }
        // What keeps the session keeps the transaction, too.
        call_ptr<T> made = make(std::shared_ptr<request_target>(scope, scope->owner.get()), std::forward<Args>(args)...);
        auto& self = static_cast<Derived&>(*made);
        self.scope = scope.get();
        self.needs_care = true;
        made->by(scope->expires);
        return made;
    }

    [[gnu::noinline]] void destroy() noexcept final {
        if (this->lent_by) {
            std::exchange(this->lent_by, nullptr)->dropped(*this);
        }
        if (session_->where().runs_here()) {
            release(this);
        } else {
            release_elsewhere();
        }
    }

    void cancel() noexcept final { session_->cancel(*this, aborted()); }
    void name(std::string_view text) final { name_request(*this, text); }

    [[gnu::hot]] void finish() final {
        if (this->lent_by) {
            std::exchange(this->lent_by, nullptr)->over(*this);
        }
        if (!this->has_handler()) {
            release(this);
            return;
        }
        result<T> r = this->outcome ? failure() : static_cast<Derived*>(this)->take();
        this->complete(std::move(r), &release, this);
    }
    void abandon() final {
        if (this->lent_by) {
            std::exchange(this->lent_by, nullptr)->given_up(*this);
        }
        this->complete_early(failure());
    }
    void drop() noexcept final { destroy(); }

protected:
    // `shape` may name members of `Derived` that do not exist yet: of a reference to const, GCC 16 warns that they are read.
    template <class... Shape>
    explicit request_call(const std::shared_ptr<request_target>& s, Shape&&... shape) noexcept
        : Base(shape...), call<T>(&s->where()), session_(s) {}
    ~request_call() = default;

private:
    [[gnu::cold, gnu::noinline]] result<T> failure() noexcept { return with_statement(std::move(this->outcome), *this); }

    [[gnu::noinline]] static call_ptr<T> no_session() { return failed<T>(errc::connection_closed); }

    static constexpr bool pooled() noexcept {
        return sizeof(Derived) <= block_pool::block_size && alignof(Derived) <= alignof(std::max_align_t);
    }

    /// Ends the life of a call; on the session's thread. Its destructor is compiled here and nowhere else on that thread.
    [[gnu::hot, gnu::noinline]] static void release(void* call) noexcept {
        auto* self = static_cast<Derived*>(static_cast<request_call*>(call));
        if constexpr (pooled()) {
            const std::shared_ptr<request_target> s(std::move(self->session_));
            block_pool& blocks = s->blocks();
            self->~Derived();
            blocks.release(self);
        } else {
            delete self;
        }
    }

    [[gnu::cold, gnu::noinline]] void release_elsewhere() noexcept {
        auto* self = static_cast<Derived*>(this);
        if constexpr (pooled()) {
            self->~Derived();
            ::operator delete(static_cast<void*>(self));
        } else {
            delete self;
        }
    }

    [[gnu::hot]] void begin() noexcept final {
        this->expires = this->deadline();
        if (session_->where().is_handling_here()) [[likely]] {
            session_->submit(*this);
        } else {
            submit_from_anywhere(*session_, *this);
        }
    }

    std::shared_ptr<request_target> session_;
};

} // namespace pgcoro::detail
