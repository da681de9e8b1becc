// SPDX-License-Identifier: BSL-1.0
// What a `batch_loader` gathers, and the values it remembers.
#pragma once

#include <pgcoro/detail/batching_state.hpp>
#include <pgcoro/detail/block_pool.hpp>
#include <pgcoro/detail/key_index.hpp>
#include <pgcoro/detail/keyed_rows.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgcoro {

/// The row type of a `batch_loader` whose keys have any number of rows: `load` gives a `std::vector<Row>`.
template <class Row>
struct many;

namespace detail {

/// What is loaded for one key: at most one row, or any number.
template <class Row>
struct loaded {
    using row = Row;
    using value = std::optional<Row>;
    /// False if that is one row too many.
    static bool put(value& to, Row&& row) {
        if (to) {
            return false;
        }
        to.emplace(std::move(row));
        return true;
    }
};
template <class Row>
struct loaded<many<Row>> {
    using row = Row;
    using value = std::vector<Row>;
    static bool put(value& to, Row&& row) {
        to.push_back(std::move(row));
        return true;
    }
};

/// The error for a row whose key nobody asked for, or that is the second one of its key.
error row_without_taker(std::size_t row, bool is_second);

template <class Key, class Row>
struct loader_kind {
    using item = Key;
    using value = typename loaded<Row>::value;
    using answer = keyed_rows<Key, typename loaded<Row>::row>;
    using index = key_index<Key>;
    static constexpr rows_wanted wanted = rows_wanted::typed;
    static constexpr decoder<answer> decode = &decode_keyed<Key, typename loaded<Row>::row>;

    template <class Batch>
    static error settle(Batch& b, answer&& found) {
        b.values.resize(b.items.size());
        for (std::size_t i = 0; i != found.rows.size(); ++i) {
            const std::size_t place = b.index.find(b.items, found.keys[i]);
            if (place == index::npos) {
                return row_without_taker(i, false);
            }
            if (!loaded<Row>::put(b.values[place], std::move(found.rows[i]))) {
                return row_without_taker(i, true);
            }
        }
        return {};
    }
};

template <class Key>
struct key_hash {
    std::size_t operator()(const Key& key) const { return hash_of(key); }
};
template <class Key>
struct key_equal {
    bool operator()(const Key& a, const Key& b) const { return is_same_key(a, b); }
};

template <class Key, class Row>
class loader_state final : public batching_state<loader_kind<Key, Row>> {
    using base = batching_state<loader_kind<Key, Row>>;

public:
    using value = typename base::value;
    using typename base::batch;
    using typename base::waiter;
    static_assert(std::copy_constructible<value>, "pgcoro: a row that several may ask for can be copied");

    loader_state(batching_carrier to, statement_text text, const batching_limits& limits, bool remembers)
        : base(std::move(to), std::move(text), limits), remembers_(remembers) {}

    /// Memory for its calls.
    static constexpr std::size_t block_size = 232 + sizeof(Key);
    sized_block_pool<block_size>& blocks() noexcept { return blocks_; }

    // On the executor.

    void load(Key&& key, waiter& w) {
        if (this->refuses(w)) {
            return;
        }
        if (remembers_) {
            if (const auto found = remembered_.find(key); found != remembered_.end()) {
                ready_.emplace_back(&w, found->second);
                this->go_on_later();
                return;
            }
            if (join(key, w)) {
                return;
            }
        }
        this->ask(std::move(key), 0, w);
    }

    /// Gives no row.
    void give_later(waiter& w) {
        ready_.emplace_back(&w, value());
        this->go_on_later();
    }

    /// What was loaded is not remembered, nor what is on its way.
    void forget(const Key& key) {
        remembered_.erase(key);
        for (batch* const b : this->in_flight()) {
            if (const std::size_t place = b->index.find(b->items, key); place != key_index<Key>::npos) {
                b->forgotten.push_back(place);
            }
        }
    }
    void forget_all() {
        remembered_.clear();
        for (batch* const b : this->in_flight()) {
            for (std::size_t i = 0; i != b->items.size(); ++i) {
                b->forgotten.push_back(i);
            }
        }
    }
    void remember(Key&& key, value&& v) {
        if (remembers_) {
            forget(key);
            remembered_.insert_or_assign(std::move(key), std::move(v));
        }
    }

private:
    static bool is_forgotten(const batch& b, std::size_t place) noexcept {
        return std::find(b.forgotten.begin(), b.forgotten.end(), place) != b.forgotten.end();
    }

    /// Waits for what others wait for already.
    bool join(const Key& key, waiter& w) {
        for (batch* const b : this->in_flight()) {
            const std::size_t place = b->index.find(b->items, key);
            if (place != key_index<Key>::npos && b->waiting() != 0 && !is_forgotten(*b, place)) {
                b->wait(place, w);
                return true;
            }
        }
        return false;
    }

    void on_values(batch& b) override {
        if (!remembers_ || b.outcome) {
            return;
        }
        for (std::size_t i = 0; i != b.items.size(); ++i) {
            if (!is_forgotten(b, i)) {
                remembered_.insert_or_assign(b.items[i], b.values[i]);
            }
        }
    }

    void deliver_others() override {
        while (!ready_.empty()) {
            auto [w, v] = std::move(ready_.front());
            ready_.pop_front();
            w->give(std::move(v));
        }
    }

    void drop_waiters() noexcept override {
        for (const auto& ready : std::exchange(ready_, {})) {
            ready.first->dropped();
        }
        base::drop_waiters();
    }

    sized_block_pool<block_size> blocks_;
    bool remembers_;
    std::unordered_map<Key, value, key_hash<Key>, key_equal<Key>> remembered_;
    std::deque<std::pair<waiter*, value>> ready_;
};

} // namespace detail
} // namespace pgcoro
