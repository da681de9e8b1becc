// SPDX-License-Identifier: BSL-1.0
// The parts of a batch: several statements that travel together and succeed or fail as one.
//
//     BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::execute("insert into log (what) values ($1)", "hello"),
//                                                   pgcoro::fetch_one<std::int64_t>("select count(*) from log")));
//     auto& [inserted, count] = r;
#pragma once

#include <pgcoro/detail/decode.hpp>
#include <pgcoro/detail/request_call.hpp>
#include <pgcoro/sql.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace pgcoro {

/// One statement of a batch, and what is wanted of it. Its values are encoded already.
template <class T>
class batch_item {
public:
    template <class... Args>
    batch_item(detail::statement_text text, detail::decoder<T> decode, Args&&... args)
        : text_(std::move(text)), values_(detail::encode_parameters(std::forward<Args>(args)...)), decode_(decode) {}

    // Read by the batch that holds it.
    const detail::statement_text& text() const noexcept { return text_; }
    const parameters& values() const noexcept { return values_; }
    void consume(detail::result_handle r) { failure_ = decode_(std::move(r), value_); }
    void rewind() noexcept {
        value_.reset();
        failure_ = {};
    }
    const error& failure() const noexcept { return failure_; }
    T take() { return *std::move(value_); }

private:
    detail::statement_text text_;
    parameters values_;
    detail::decoder<T> decode_;
    std::optional<T> value_;
    error failure_;
};

/// A statement for a batch: its command tag.
template <class... Args>
batch_item<command_tag> execute(sql<Args...> statement, Args&&... args) {
    return {statement, &detail::decode_tag, std::forward<Args>(args)...};
}

/// A statement for a batch: its rows, as a `rowset` or a `std::vector<Row>`.
template <class Row = rowset, class... Args>
batch_item<typename detail::fetched<Row>::type> fetch(sql<Args...> statement, Args&&... args) {
    return {statement, detail::fetched<Row>::decode, std::forward<Args>(args)...};
}

/// A statement for a batch: its only row.
template <class Row, class... Args>
batch_item<Row> fetch_one(sql<Args...> statement, Args&&... args) {
    return {statement, &detail::decode_single<Row>, std::forward<Args>(args)...};
}

/// A statement for a batch: its only row, if it has one.
template <class Row, class... Args>
batch_item<std::optional<Row>> fetch_optional(sql<Args...> statement, Args&&... args) {
    return {statement, &detail::decode_at_most_one<Row>, std::forward<Args>(args)...};
}

namespace detail {

template <class... Ts>
class batch_call final : public request_call<batch_call<Ts...>, std::tuple<Ts...>> {
    using base = request_call<batch_call<Ts...>, std::tuple<Ts...>>;

public:
    batch_call(const std::shared_ptr<session>& s, batch_item<Ts>&&... items)
        : base(s, sizeof...(Ts)), items_(std::move(items)...) {}

    void consume(std::size_t step, result_handle r) override {
        visit(items_, step, [&](auto& item) { item.consume(std::move(r)); });
    }
    void rewind() noexcept override {
        std::apply([](auto&... item) { (item.rewind(), ...); }, items_);
    }

    result<std::tuple<Ts...>> take() {
        error failure;
        std::apply([&](auto&... item) { ((failure ? void() : void(failure = item.failure())), ...); }, items_);
        if (failure) {
            return failure;
        }
        return std::apply([](auto&... item) { return std::tuple<Ts...>(item.take()...); }, items_);
    }

private:
    const statement_text& text_of(std::size_t step) const noexcept override {
        const statement_text* found = nullptr;
        visit(items_, step, [&](const auto& item) { found = &item.text(); });
        return *found;
    }
    const parameters& values_of(std::size_t step) const noexcept override {
        const parameters* found = nullptr;
        visit(items_, step, [&](const auto& item) { found = &item.values(); });
        return *found;
    }

    template <class Items, class Visitor>
    static void visit(Items& items, std::size_t step, Visitor&& visitor) {
        std::apply(
            [&](auto&... item) {
                std::size_t i = 0;
                ((i++ == step ? visitor(item) : void()), ...);
            },
            items);
    }

    std::tuple<batch_item<Ts>...> items_;
};

} // namespace detail
} // namespace pgcoro
