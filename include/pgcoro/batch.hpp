// SPDX-License-Identifier: BSL-1.0
// The items of a batch: several statements that are sent together and succeed or fail as one.
//
//     BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::execute("insert into log (what) values ($1)", "hello"),
//                                                   pgcoro::fetch_one<std::int64_t>("select count(*) from log")));
//     auto& [inserted, count] = r;
#pragma once

#include <pgcoro/detail/answer.hpp>
#include <pgcoro/detail/request_call.hpp>
#include <pgcoro/sql.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace pgcoro {

/// One statement of a batch and the type of its result. Its values are already encoded.
template <class T>
class batch_item {
public:
    template <class... Args>
    batch_item(detail::statement_text text, detail::decoder<T> decode, Args&&... args)
        : text_(std::move(text)), values_(detail::encode_parameters(std::forward<Args>(args)...)), answer_(decode) {}
    template <class... Args>
    batch_item(detail::rows_wanted rows, detail::statement_text text, detail::decoder<T> decode, Args&&... args)
        : batch_item(std::move(text), decode, std::forward<Args>(args)...) {
        text_.want(rows);
    }

    // For the batch that holds this item.
    const detail::statement_text& text() const noexcept { return text_; }
    const parameters& values() const noexcept { return values_; }
    parameters& values() noexcept { return values_; }
    detail::answer<T>& answer() noexcept { return answer_; }
    const detail::answer<T>& answer() const noexcept { return answer_; }

private:
    detail::statement_text text_;
    parameters values_;
    detail::answer<T> answer_;
};

/// A statement for a batch that gives its command tag.
template <class... Args>
batch_item<command_tag> execute(sql<Args...> statement, Args&&... args) {
    return {detail::rows_wanted::none, statement, &detail::decode_tag, std::forward<Args>(args)...};
}

/// A statement for a batch that gives its rows, as a `rowset` or a `std::vector<Row>`.
template <class Row = rowset, class... Args>
batch_item<typename detail::fetched<Row>::type> fetch(sql<Args...> statement, Args&&... args) {
    return {detail::fetched<Row>::wanted, statement, detail::fetched<Row>::decode, std::forward<Args>(args)...};
}

/// A statement for a batch that gives its only row.
template <class Row, class... Args>
batch_item<Row> fetch_one(sql<Args...> statement, Args&&... args) {
    return {detail::wanted_for_row<Row>(), statement, &detail::decode_single<Row>, std::forward<Args>(args)...};
}

/// A statement for a batch that gives its only row, or nothing if there is none.
template <class Row, class... Args>
batch_item<std::optional<Row>> fetch_optional(sql<Args...> statement, Args&&... args) {
    return {detail::wanted_for_row<Row>(), statement, &detail::decode_at_most_one<Row>, std::forward<Args>(args)...};
}

namespace detail {

template <class... Ts>
class batch_call final : public request_call<batch_call<Ts...>, std::tuple<Ts...>> {
    using base = request_call<batch_call<Ts...>, std::tuple<Ts...>>;

public:
    batch_call(const std::shared_ptr<request_target>& s, batch_item<Ts>&&... items)
        : base(s, sizeof...(Ts)), items_(std::move(items)...) {}

    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override {
        bool is_unread = false;
        visit(items_, step, [&](auto& item) { is_unread = item.answer().consume(r, types); });
        unread_ |= std::uint64_t{is_unread} << step;
        return is_unread;
    }
    void rewind() noexcept override {
        unread_ = 0;
        std::apply([](auto&... item) { (item.answer().rewind(), ...); }, items_);
    }
    error locate(error e, std::size_t step, bool) const override { return e.with_item(step); }
    call_kind kind_of_call() const noexcept override { return call_kind::batch; }
    error fill_in(const type_catalogue& types) override {
        error failure;
        std::size_t step = 0;
        const auto fill = [&](auto& item) {
            if (error e = failure ? error() : item.values().fill_in(types)) {
                failure = e.with_item(step);
            }
            ++step;
        };
        std::apply([&](auto&... item) { (fill(item), ...); }, items_);
        return failure;
    }
    bool has_more_rows() const noexcept override {
        bool found = false;
        for_unread(items_, [&](const auto& item) { found = found || item.answer().has_more_rows(); });
        return found;
    }
    bool read_on(const type_catalogue_ptr& types) override {
        bool has_read = false;
        for_unread(items_, [&](auto& item) {
            if (!has_read && item.answer().has_more_rows()) {
                item.answer().read_on(types);
                has_read = true;
            }
        });
        return has_more_rows();
    }
    void unknown_types(wanted_types& out) const override {
        for_unread(items_, [&](const auto& item) { item.answer().unknown_types(out); });
    }
    bool look_again(const type_catalogue_ptr& types) override {
        // `read_on` reads the items that have more rows; their bits stay set.
        bool asks_more = false;
        for_unread(items_, [&](auto& item) {
            if (item.answer().lacks_types() && item.answer().look_again(types)) {
                asks_more = true;
            }
        });
        return asks_more;
    }

    result<std::tuple<Ts...>> take() {
        error failure;
        std::size_t step = 0;
        const auto look_at = [&](auto& item) {
            if (const error* e = failure ? nullptr : item.answer().failure()) {
                failure = e->with_item(step);
            }
            ++step;
        };
        std::apply([&](auto&... item) { (look_at(item), ...); }, items_);
        if (failure) {
            return with_statement(std::move(failure), *this);
        }
        return std::apply([](auto&... item) { return std::tuple<Ts...>(item.answer().take_value()...); }, items_);
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

    template <class Items, class Visitor>
    void for_unread(Items& items, Visitor&& visitor) const {
        for (std::size_t step = 0; step < sizeof...(Ts); ++step) {
            if ((unread_ >> step & 1) != 0) {
                visit(items, step, visitor);
            }
        }
    }

    static_assert(sizeof...(Ts) <= 64, "pgcoro: a batch has at most 64 statements");
    std::tuple<batch_item<Ts>...> items_;
    std::uint64_t unread_ = 0; // one bit per statement whose result still needs `read_on` or `look_again`
};

} // namespace detail
} // namespace pgcoro
