// SPDX-License-Identifier: BSL-1.0
// What the rows of a statement will be, asked before it is run for the first time in a transaction: one that fails because the
// server cannot send a type in binary would take the transaction with it.
#pragma once

#include "libpq/description_of.hpp"

#include <pgcoro/detail/request.hpp>

#include <libpq-fe.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::wire {

/// A request of the session's own: a Parse, a Describe and a Sync, which the session sends; so it has no statements to run.
class description final : public detail::request {
public:
    explicit description(std::function<void()> finished) : request(0), finished_(std::move(finished)) {}

    /// Begins anew, for a statement with values of these types. `goes_unnamed`: even if it could be prepared.
    void ask(const detail::statement_text& text, std::vector<unsigned> types, bool goes_unnamed) {
        goes_unnamed_ = goes_unnamed;
        is_static_ = text.is_static();
        text_ = is_static_ ? detail::statement_text(text.view(), text.placeholder_count(), text.fingerprint())
                           : detail::statement_text(std::string(text.view()));
        types_ = std::move(types);
        columns_.clear();
        result_.reset();
        outcome = {};
        has_unread = false;
        needs_text_ = false;
        retried = true; // without what the session sends before it, it is nothing
        needs_care = false;
        abandoned = abandonment::none;
        at = stage::waiting;
    }

    const detail::statement_text& text() const noexcept { return text_; }
    const std::vector<unsigned>& types() const noexcept { return types_; }
    bool goes_unnamed() const noexcept { return goes_unnamed_; }

    /// The server's answer. True if it has types nothing is known of.
    bool take(const PGresult* result, const detail::type_catalogue& types) {
        for (int column = 0, columns = PQnfields(result); column < columns; ++column) {
            columns_.push_back(PQftype(result, column));
        }
        result_ = libpq::binary_description_of(result);
        return judge(types);
    }

    /// Its columns as they are in the binary format, without rows. Once.
    detail::result_handle take_result() noexcept { return std::move(result_); }
    /// Its rows, or some of them, can be had as text only.
    bool needs_text() const noexcept { return needs_text_; }

    bool consume(std::size_t, detail::result_handle&, const detail::type_catalogue_ptr&) override { return false; }
    void unknown_types(detail::wanted_types& out) const override {
        for (const oid_number type : columns_) {
            if (!detail::is_built_in(type)) {
                out.numbers.push_back(type);
            }
        }
    }
    bool look_again(const detail::type_catalogue_ptr& types) override {
        judge(*types);
        return false;
    }
    void rewind() noexcept override {}
    void finish() override { finished_(); }
    void abandon() override {}
    void drop() noexcept override {}

private:
    bool judge(const detail::type_catalogue& types) {
        bool is_known = true;
        for (const oid_number type : columns_) {
            is_known = is_known && types.knows(type);
            needs_text_ = needs_text_ || types.may_lack_binary(type);
        }
        return !is_known;
    }

    std::function<void()> finished_;
    detail::statement_text text_;
    bool is_static_ = false;
    bool goes_unnamed_ = false;
    bool needs_text_ = false;
    std::vector<unsigned> types_;
    std::vector<oid_number> columns_;
    detail::result_handle result_;
};

} // namespace pgcoro::wire
