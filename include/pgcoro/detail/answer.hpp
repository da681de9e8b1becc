// SPDX-License-Identifier: BSL-1.0
// What becomes of one statement's result: a value, or why it could not be read.
#pragma once

#include <pgcoro/detail/decode.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

template <class T>
class answer {
public:
    explicit answer(decoder<T> decode) noexcept : decode_(decode) {}

    /// Reads the result. True if it has types that nothing is known of and that matter: `look_again` comes when more is known.
    bool consume(result_handle r, const type_catalogue_ptr& types) {
        if (error e = decode_(r, types, value_)) [[unlikely]] {
            return keep(std::move(e), std::move(r), *types);
        }
        if constexpr (std::is_same_v<T, rowset>) {
            return value_->has_unknown_types();
        }
        return false;
    }

    /// Appends the types nothing is known of.
    void unknown_types(std::vector<oid_number>& out) const {
        if constexpr (std::is_same_v<T, rowset>) {
            value_->append_types(out);
        } else {
            append_types(result_view(kept_.get()), out);
        }
    }

    void look_again(const type_catalogue_ptr& types) {
        if constexpr (std::is_same_v<T, rowset>) {
            value_->learn(types);
        } else {
            value_.reset();
            failure_.reset();
            result_handle r = std::move(kept_);
            if (error e = decode_(r, types, value_)) {
                failure_ = std::move(e);
            }
        }
    }

    void rewind() noexcept {
        value_.reset();
        failure_.reset();
        kept_.reset();
    }

    /// Null if the value is there.
    const error* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }
    error take_failure() { return *std::move(failure_); }
    T take_value() { return *std::move(value_); }

private:
    [[gnu::noinline]] bool keep(error e, result_handle r, const type_catalogue& types) {
        const bool may_help = e == errc::type_mismatch && has_unknown_types(result_view(r.get(), types));
        failure_ = std::move(e);
        if (may_help) {
            kept_ = std::move(r);
        }
        return may_help;
    }

    decoder<T> decode_;
    std::optional<T> value_;
    std::optional<error> failure_;
    result_handle kept_;
};

} // namespace pgcoro::detail
