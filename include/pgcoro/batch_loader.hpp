// SPDX-License-Identifier: BSL-1.0
// A batch loader: the lookups of many coroutines are sent as one statement. <pgcoro/pgcoro.hpp> does not include this header.
//
//     pgcoro::batch_loader<std::int64_t, user> users(db, "select id, name, email from users where id = any($1)");
//     ...
//     BOOST_OUTCOME_CO_TRY(auto found, co_await users.load(id)); // a std::optional<user>
#pragma once

#include <pgcoro/detail/load_call.hpp>
#include <pgcoro/detail/loader_state.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/sql.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace pgcoro {

struct batch_loader_options {
    /// The maximum number of keys in one statement; more are sent in several statements at once. At least 1.
    std::size_t max_keys = 1000;
    /// The maximum number of statements in flight. At least 1. A statement that is not full is sent only when none is in
    /// flight.
    std::size_t max_in_flight = 4;
    /// Remembers the rows that were found, and the keys that have none, until `forget` or `clear`. Nothing expires, and nothing
    /// limits the size: for a loader that lives as long as one request. A `load` can then also share a key that is in flight.
    bool cache = false;
};

/// Loads rows by key. `load` waits until the current turn of the event loop ends, and until the statement that is in flight has
/// been answered. All keys that are asked for until then go into one statement. Equal keys are sent once.
///
/// Query: it has one array for each part of the key, as $1, $2, ...: `where id = any($1)`, or for a key of two parts
/// `join unnest($1, $2) as k(a, b) on ...`. The **first columns of its result are the key**, in the same order. A row is read
/// from all columns, or from those after the key if the result has exactly as many more columns as the key has parts. Rows may
/// come in any order.
/// `Key`: a type that can be a parameter and an element of an array, or a std::tuple, std::pair or plain struct of such types.
/// Keys that are equal for the server must be equal in the program: with a `citext` column, select the key that was asked for
/// (docs/batching.md).
/// `Row`: as for `fetch` (see <pgcoro/row.hpp>); copyable. With `many<Row>` a key may have any number of rows.
///
/// Sees: what was committed before `load` was started, unless there is a cache.
/// Errors: those of `queries::fetch`, for all callers who wait for a key of the statement. `errc::value_out_of_range` if a row
/// has a key that nobody asked for, `errc::too_many_rows` if a key has two rows. An error about a value (SQLSTATE classes 22
/// and 23, text with a NUL character) reaches only the callers who asked for that value, because the other keys are sent again;
/// in a transaction, which has failed then, it reaches all. `operation_aborted` if the loader is destroyed before the key was
/// sent.
/// Lifetimes: `db` may be destroyed: loads then fail as its statements do. Destroying the loader ends what is not sent; what is
/// in flight completes.
/// Cancellation and deadlines: any type, for each caller alone. Others who wait are not affected: the statement is cancelled
/// when nobody waits for it any more.
/// Thread safety: that of `db`. With an executor run by one thread, or a strand, `load` may be started from any thread. The
/// object itself must not be moved or destroyed while another thread uses it.
template <class Key, class Row>
class batch_loader {
    using state = detail::loader_state<Key, Row>;

public:
    /// `std::optional<Row>`, or `std::vector<Row>` for `many<Row>`.
    using value_type = typename state::value;

    /// `db` is a connection, a pool, a pooled connection, a multiplexer or a transaction.
    template <class Db>
    batch_loader(const queries<Db>& db, typename detail::sql_for_row<Key>::type query, const batch_loader_options& options = {})
        : batch_loader(detail::batching_carrier(db), query, options) {}
    template <class Db>
    batch_loader(const queries<Db>& db, unchecked_sql query, const batch_loader_options& options = {})
        : batch_loader(detail::batching_carrier(db), std::move(query), options) {}
    batch_loader(batch_loader&& other) noexcept = default;
    batch_loader& operator=(batch_loader&& other) noexcept {
        detail::batching_core::close(std::exchange(state_, std::move(other.state_)));
        refusal_ = other.refusal_;
        return *this;
    }
    ~batch_loader() { detail::batching_core::close(std::move(state_)); }

    /// The row of a key: nothing if there is none.
    operation<value_type> load(Key key) {
        using call = detail::load_call<state, Key>;
        return operation<value_type>(state_ ? call::make(state_, std::move(key)) : detail::failed<value_type>(refusal_));
    }

    /// The rows of all keys of a range, in its order. Equal keys give equal rows. Fails with the first error.
    template <class Keys>
    operation<std::vector<value_type>> load_many(const Keys& keys) {
        using call = detail::load_many_call<state, Key>;
        using call_ptr = detail::call_ptr<std::vector<value_type>>;
        if (!state_) {
            return operation<std::vector<value_type>>(detail::failed<std::vector<value_type>>(refusal_));
        }
        std::vector<Key> all(std::begin(keys), std::end(keys));
        return operation<std::vector<value_type>>(call_ptr(new call(state_, std::move(all))));
    }

    /// Removes a key, or all keys, from the cache: the next `load` asks the server. A `load` that waits is not affected.
    /// On the executor only.
    void forget(const Key& key) {
        if (state_) {
            state_->forget(key);
        }
    }
    void clear() {
        if (state_) {
            state_->forget_all();
        }
    }
    /// Puts a row that was read or written elsewhere into the cache. Does nothing without a cache. On the executor only.
    void prime(Key key, value_type value) {
        if (state_) {
            state_->remember(std::move(key), std::move(value));
        }
    }

private:
    batch_loader(detail::batching_carrier db, detail::statement_text query, const batch_loader_options& options)
        : refusal_(db.refusal()) {
        if (db.where()) {
            detail::batching_limits limits;
            limits.max_items = options.max_keys;
            limits.max_in_flight = options.max_in_flight;
            state_ = std::make_shared<state>(std::move(db), std::move(query), limits, options.cache);
        }
    }

    std::shared_ptr<state> state_;
    errc refusal_; // where there is no state
};

} // namespace pgcoro
