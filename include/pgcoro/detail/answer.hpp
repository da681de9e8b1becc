// SPDX-License-Identifier: BSL-1.0
// What becomes of one statement's result: a value, or why it could not be read.
#pragma once

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/decode.hpp>
#include <pgcoro/detail/owned.hpp>

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

    const error* why() const noexcept;
    void keep_reading(error e, result_handle& r);
    error read(result_handle& r, const type_catalogue_ptr& types);

    owned<trouble, end_trouble> trouble_;
};

template <class T>
class answer final : public answer_base {
public:
    explicit answer(decoder<T> decode) noexcept : decode_(decode) {}

    /// Reads the result. True if more is to be done for it: it has rows that are left for `read_on`, or types that nothing is
    /// known of and that matter, and `look_again` comes when more is known.
    bool consume(result_handle& r, const type_catalogue_ptr& types) {
        if (error e = decode_(r, types, value_)) [[unlikely]] {
            return keep(std::move(e), r, types);
        }
        return false;
    }

    T take_value() { return *std::move(value_); }

private:
    error read_value(result_handle& r, const type_catalogue_ptr& types) override { return decode_(r, types, value_); }
    void forget_value() noexcept override { value_.reset(); }
    void append_names(std::vector<std::string_view>& out) const override { detail::append_names<T>(out); }

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
