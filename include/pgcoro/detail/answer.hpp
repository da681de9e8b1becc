// SPDX-License-Identifier: BSL-1.0
// What becomes of one statement's result: a value, or why it could not be read.
#pragma once

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/decode.hpp>
#include <pgcoro/detail/owned.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// What answers of all types have in common. Compiled once, in the library: only reading a value in one piece, as most are, is
/// compiled for each type.
class answer_base {
public:
    bool has_more_rows() const noexcept;
    /// Reads some more of the rows that are left. True if there are still more.
    bool read_on(const type_catalogue_ptr& types);
    /// Some of the rows: appends them. `expected`: perhaps so many in all.
    void take_chunk(result_handle& r, const type_catalogue_ptr& types, std::size_t expected);
    /// There are types nothing is known of.
    bool lacks_types() const noexcept;
    /// Appends the types that the server is to be asked about.
    void unknown_types(wanted_types& out) const;
    /// True if what was learned leads to more that is to be asked.
    bool look_again(const type_catalogue_ptr& types);
    void rewind() noexcept;

    /// Null if the value is there.
    const error* failure() const noexcept { return trouble_ ? why() : nullptr; }

protected:
    answer_base() noexcept = default;
    answer_base(answer_base&&) noexcept = default;
    ~answer_base() = default;

    /// What is known of types may be too little, or no longer true: the server is asked once before that is an error.
    bool keep(error e, result_handle& r, const type_catalogue_ptr& types);

private:
    struct trouble;
    struct end_trouble {
        void operator()(trouble* t) const noexcept;
    };

    virtual error read_value(result_handle& r, const type_catalogue_ptr& types) = 0;
    virtual void forget_value() noexcept = 0;
    /// The names in SQL of columns that go by name.
    virtual void append_names(std::vector<std::string_view>& out) const = 0;
    /// Not null if the value is a rowset, which may have types that nothing is known of.
    virtual const rowset* rows() const noexcept { return nullptr; }
    virtual bool learn(const type_catalogue_ptr&) { return false; }
    /// Of a vector: how many rows it has; takes away those behind the first `size`.
    virtual std::size_t size() const noexcept { return 0; }
    virtual void cut([[maybe_unused]] std::size_t size) noexcept {}
    virtual void make_room([[maybe_unused]] std::size_t rows) {}

    const error* why() const noexcept;
    wanted_types types_for(const error& e, const result_handle& r, const type_catalogue_ptr& types) const;
    void keep_reading(error e, result_handle& r);
    void keep_chunk(error e, result_handle& r, const type_catalogue_ptr& types);
    void read_chunks(trouble& waiting, const type_catalogue_ptr& types);
    void remember(const type_catalogue_ptr& types);
    error read(result_handle& r, const type_catalogue_ptr& types);

    owned<trouble, end_trouble> trouble_;

protected:
    std::size_t before_ = 0; // so many rows are from earlier chunks
};

template <class T>
inline constexpr bool is_vector = false;
template <class Row>
inline constexpr bool is_vector<std::vector<Row>> = true;

template <class T>
class answer final : public answer_base {
public:
    explicit answer(decoder<T> decode) noexcept : decode_(decode) {}

    /// Reads the result. True if more is to be done for it: it has rows that are left for `read_on`, or types that nothing is
    /// known of and that matter, and `look_again` comes when more is known.
    bool consume(result_handle& r, const type_catalogue_ptr& types) {
        if (error e = decode_(r, types, value_, 0)) [[unlikely]] {
            return keep(std::move(e), r, types);
        }
        return false;
    }

    T take_value() { return *std::move(value_); }

private:
    error read_value(result_handle& r, const type_catalogue_ptr& types) override { return decode_(r, types, value_, before_); }
    void forget_value() noexcept override { value_.reset(); }
    void append_names(std::vector<std::string_view>& out) const override { detail::append_names<T>(out); }
    std::size_t size() const noexcept override {
        if constexpr (is_vector<T>) {
            return value_ ? value_->size() : 0;
        } else {
            return 0;
        }
    }
    void make_room(std::size_t rows) override {
        if constexpr (is_vector<T>) {
            value_.emplace().reserve(rows);
        }
    }
    void cut(std::size_t size) noexcept override {
        if constexpr (is_vector<T>) {
            while (value_ && value_->size() > size) {
                value_->pop_back(); // `erase` would need rows that can be assigned
            }
        }
    }

    decoder<T> decode_;
    std::optional<T> value_;
};

template <>
class answer<rowset> final : public answer_base {
public:
    explicit answer(decoder<rowset> decode) noexcept : decode_(decode) {}

    bool consume(result_handle& r, const type_catalogue_ptr& types);
    rowset take_value() { return *std::move(value_); }

private:
    error read_value(result_handle& r, const type_catalogue_ptr& types) override;
    void forget_value() noexcept override;
    void append_names(std::vector<std::string_view>&) const override {}
    const rowset* rows() const noexcept override;
    bool learn(const type_catalogue_ptr& types) override;

    decoder<rowset> decode_;
    std::optional<rowset> value_;
};

} // namespace pgcoro::detail
