// SPDX-License-Identifier: BSL-1.0
// What a `batch_writer` gathers.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/batching_state.hpp>
#include <pgcoro/detail/block_pool.hpp>
#include <pgcoro/detail/bound_call.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// What its statement takes, roughly, for a value: strings and their like what they hold, others what they are.
template <class T>
std::size_t bytes_of(const T& value) noexcept {
    if constexpr (is_optional<T>) {
        return value ? bytes_of(*value) : 1;
    } else if constexpr (requires {
                             { value.size() } -> std::convertible_to<std::size_t>;
                             value.begin();
                         }) {
        std::size_t bytes = 0;
        if constexpr (std::is_trivially_copyable_v<typename T::value_type>) {
            bytes = value.size() * sizeof(typename T::value_type);
        } else {
            for (const auto& element : value) {
                bytes += bytes_of(element);
            }
        }
        return bytes;
    } else {
        return sizeof(T);
    }
}

template <class Row>
std::size_t bytes_of_row(const Row& row) noexcept {
    std::size_t bytes = 0;
    parts_of<Row>::each([&]<std::size_t I>() { bytes += 4 + bytes_of(parts_of<Row>::template get<I>(row)); });
    return bytes;
}

/// Rows are not looked for: equal ones are two.
template <class Row>
struct no_index {
    static std::size_t find_or_add(const std::vector<Row>& rows, const Row&) noexcept { return rows.size(); }
    static void clear() noexcept {}
};

template <class Row>
struct writer_kind {
    struct written {};

    using item = Row;
    using value = written;
    using answer = command_tag;
    using index = no_index<Row>;
    static constexpr rows_wanted wanted = rows_wanted::none;
    static constexpr decoder<answer> decode = &decode_tag;

    template <class Batch>
    static error settle(Batch& b, const answer&) {
        b.values.resize(b.items.size());
        return {};
    }
};

template <class Row>
class writer_state final : public batching_state<writer_kind<Row>> {
    using base = batching_state<writer_kind<Row>>;

public:
    using base::base;
    using typename base::waiter;

    /// Memory for its calls.
    static constexpr std::size_t block_size = 232 + sizeof(Row);
    sized_block_pool<block_size>& blocks() noexcept { return blocks_; }

    /// On the executor.
    void write(Row&& row, waiter& w) {
        if (!this->refuses(w)) {
            const std::size_t bytes = bytes_of_row(row);
            this->ask(std::move(row), bytes, w);
        }
    }

private:
    sized_block_pool<block_size> blocks_;
};

/// Waits for its row to be written.
template <class Row>
class write_call final : public bound_call<void>, public writer_state<Row>::waiter {
    using state = writer_state<Row>;
    using written = typename state::value;

public:
    static call_ptr<void> make(const std::shared_ptr<state>& s, Row&& row) {
        void* const memory = s->where().runs_here() ? s->blocks().allocate() : ::operator new(state::block_size);
        return call_ptr<void>(::new (memory) write_call(s, std::move(row)));
    }

    void destroy() noexcept override {
        const std::shared_ptr<state> s = std::move(state_);
        this->~write_call();
        void* const memory = static_cast<void*>(this);
        s->where().runs_here() ? s->blocks().release(memory) : ::operator delete(memory);
    }

private:
    write_call(const std::shared_ptr<state>& s, Row&& row) noexcept
        : bound_call<void>(s->where()), state_(s), row_(std::move(row)) {
        static_assert(sizeof(write_call) <= state::block_size && alignof(write_call) <= alignof(std::max_align_t));
    }
    ~write_call() override = default;

    void begin_here() override {
        this->expires = this->deadline();
        state_->write(std::move(row_), *this);
    }
    void cancel_here() noexcept override {
        if (error why = state_->withdraw(*this)) {
            this->complete_later(std::move(why));
        }
    }
    void give(written&&) override { this->complete(result<>(success())); }
    void refuse(error why) override { this->complete(result<>(std::move(why))); }
    void dropped() noexcept override { this->destroy(); }

    std::shared_ptr<state> state_;
    Row row_;
};

} // namespace pgcoro::detail
