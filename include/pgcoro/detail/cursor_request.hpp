// SPDX-License-Identifier: BSL-1.0
// The requests of a cursor: DECLARE, FETCH, MOVE and CLOSE. Nobody awaits them but the cursor.
#pragma once

#include <pgcoro/detail/answer.hpp>
#include <pgcoro/detail/request.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pgcoro::detail {

class cursor_state;

class cursor_request : public request {
public:
    enum class kind : unsigned char { declare, fetch, move, close };

    cursor_request(kind what, std::string text, int count) noexcept
        : request(std::size_t{1}), what_(what), count_(count), text_(std::move(text)) {}
    virtual ~cursor_request() = default;

    kind what() const noexcept { return what_; }
    /// How many rows it asks for, without a sign.
    int count() const noexcept { return count_; }
    const statement_text& own_text() const noexcept { return text_; }

    /// It is about to be submitted, and keeps `s` alive from now on. `declares`: DECLARE travels with it.
    void belong_to(std::shared_ptr<cursor_state> s, bool declares) noexcept;
    bool declares() const noexcept { return declares_; }
    /// Nobody has asked for its rows yet.
    bool is_ahead = false;
    /// The cursor has been told of its end, and does not want its results.
    bool is_given_up = false;
    /// The server has done it, but what it sent cannot be read.
    bool is_unreadable = false;

    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override;
    error fill_in(const type_catalogue& types) override;
    void rewind() noexcept override { rows_ = 0; }
    call_kind kind_of_call() const noexcept override { return call_kind::cursor; }
    void finish() final;
    void abandon() final;
    void drop() noexcept final;

protected:
    void want(rows_wanted rows) noexcept { text_.want(rows); }
    cursor_state& state() const noexcept { return *state_; }
    bool is_last(std::size_t step) const noexcept { return step + 1 == steps(); }

    /// Hands over what was read: the number of rows, or an error if they could not be read.
    virtual error take(std::uint64_t& rows) {
        rows = rows_;
        return {};
    }

private:
    const statement_text& text_of(std::size_t step) const noexcept override;
    const parameters& values_of(std::size_t step) const noexcept override;

    const kind what_;
    bool declares_ = false;
    const int count_;
    statement_text text_;
    std::uint64_t rows_ = 0;
    std::shared_ptr<cursor_state> state_;
};

} // namespace pgcoro::detail
