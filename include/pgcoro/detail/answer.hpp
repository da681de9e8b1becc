// SPDX-License-Identifier: BSL-1.0
// What becomes of one statement's result: a value, or why it could not be read.
#pragma once

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/decode.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

template <class T>
class answer {
public:
    explicit answer(decoder<T> decode) noexcept : decode_(decode) {}

    /// Reads the result. True if more is to be done for it: it has rows that are left for `read_on`, or types that nothing is
    /// known of and that matter, and `look_again` comes when more is known.
    bool consume(result_handle& r, const type_catalogue_ptr& types) {
        if (error e = decode_(r, types, value_)) [[unlikely]] {
            return keep(std::move(e), r, types);
        }
        if constexpr (std::is_same_v<T, rowset>) {
            return value_->has_unknown_types();
        }
        return false;
    }

    bool has_more_rows() const noexcept { return trouble_ && is_more_rows(trouble_->failure); }

    /// Reads some more of the rows that are left. True if there are still more.
    bool read_on(const type_catalogue_ptr& types) {
        const auto before = std::move(trouble_);
        if (error e = decode_(before->result, types, value_)) {
            static_cast<void>(keep(std::move(e), before->result, types));
        }
        return has_more_rows();
    }

    /// There are types nothing is known of.
    bool lacks_types() const noexcept {
        if constexpr (std::is_same_v<T, rowset>) {
            return value_ && value_->has_unknown_types();
        } else {
            return trouble_ && trouble_->result && !has_more_rows();
        }
    }

    /// Appends the types that the server is to be asked about.
    void unknown_types(wanted_types& out) const {
        if constexpr (std::is_same_v<T, rowset>) {
            value_->append_types(out);
        } else if (lacks_types()) {
            out.append(trouble_->wanted);
        }
    }

    /// True if what was learned leads to more that is to be asked.
    bool look_again(const type_catalogue_ptr& types) {
        if constexpr (std::is_same_v<T, rowset>) {
            value_->learn(types);
            return value_->has_unknown_types();
        } else {
            value_.reset();
            const auto before = std::move(trouble_);
            if (error e = read(before->result, types)) {
                keep_reading(std::move(e), before->result);
            }
            return false;
        }
    }

    void rewind() noexcept {
        value_.reset();
        trouble_.reset();
    }

    /// Null if the value is there.
    const error* failure() const noexcept { return trouble_ ? &trouble_->failure : nullptr; }
    T take_value() { return *std::move(value_); }

private:
    struct trouble {
        error failure;
        result_handle result; // if it has more rows, or if more may become known of its types
        wanted_types wanted;
    };

    /// What is known of types may be too little, or no longer true: the server is asked once before that is an error.
    [[gnu::noinline]] bool keep(error e, result_handle& r, const type_catalogue_ptr& types) {
        if (e == errc::type_mismatch && has_text_columns(r.get())) {
            value_.reset();
            e = read(r, types);
            if (!e) {
                return false;
            }
        }
        if (is_more_rows(e)) {
            keep_reading(std::move(e), r);
            return true;
        }
        wanted_types wanted;
        if (e == errc::type_mismatch || e == errc::attribute_mismatch) {
            append_types(result_view(r.get(), *types), wanted.numbers);
            append_names<T>(wanted.names);
        }
        const bool may_help = !wanted.empty();
        trouble_ = std::make_unique<trouble>(trouble{std::move(e), may_help ? std::move(r) : nullptr, std::move(wanted)});
        return may_help;
    }

    void keep_reading(error e, result_handle& r) {
        const bool is_unfinished = is_more_rows(e);
        trouble_ = std::make_unique<trouble>(trouble{std::move(e), is_unfinished ? std::move(r) : nullptr, {}});
    }

    /// Also what came as text because one of its columns had to.
    error read(result_handle& r, const type_catalogue_ptr& types) {
        if (has_text_columns(r.get())) {
            r = in_binary(std::move(r), *types);
        }
        return decode_(r, types, value_);
    }

    decoder<T> decode_;
    std::optional<T> value_;
    std::unique_ptr<trouble> trouble_;
};

} // namespace pgcoro::detail
