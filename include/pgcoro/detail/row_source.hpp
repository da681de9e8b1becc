// SPDX-License-Identifier: BSL-1.0
// The rows of a stream between its session, which adds them, and its reader, who takes them a chunk at a time.
#pragma once

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/copy_decoder.hpp>
#include <pgcoro/detail/row_chunk.hpp>
#include <pgcoro/detail/rowset_access.hpp>
#include <pgcoro/detail/stream_request.hpp>
#include <pgcoro/dynamic_row.hpp>
#include <pgcoro/row.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// Whether the rows of a query can come by a COPY, which is much cheaper than libpq's results. It takes no parameters.
bool is_copied(const request& query) noexcept;

/// Rows that are looked at only when they are asked for are libpq's: no COPY has them.
struct no_copy_decoder {
    explicit no_copy_decoder(result_view) noexcept {}
    error open() const { return errc::type_mismatch; }
    template <class Row>
    error append(std::span<const std::byte>, row_chunk<Row>&) const {
        return errc::type_mismatch;
    }
    error finish() const { return errc::type_mismatch; }
};
template <class Row>
using copy_decoder_for = std::conditional_t<std::is_same_v<Row, dynamic_row>, no_copy_decoder, copy_decoder<Row>>;

/// What does not depend on the type of the rows.
class row_source_base : public stream_request {
public:
    column_list_view columns() const noexcept { return description_.columns(); }

    const char* simple_text() const noexcept final { return copy_.c_str(); }
    /// Also once it is a COPY.
    call_kind kind_of_call() const noexcept final { return call_kind::stream; }
    error take(result_handle& r, const type_catalogue_ptr& types) final;
    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) final;
    error locate(error e, std::size_t step, bool while_parsing) const final;

protected:
    row_source_base(std::shared_ptr<request_target> target, statement_text&& text, parameters&& values) noexcept
        : stream_request(kind::rows, std::move(target), std::move(text), std::move(values)) {}

    /// Its rows come by a COPY of these columns, whose types are what `columns` says.
    void become_copy(rowset&& columns);
    void add_bytes(std::size_t bytes) noexcept { coming_bytes_ += bytes; }
    virtual error finish_copy() { return {}; }

    /// Adds the rows of a result, which is not empty.
    virtual error add(result_handle& r, const type_catalogue_ptr& types) = 0;

    bool is_large() const noexcept { return coming_bytes_ >= most_bytes; }
    void forget_bytes() noexcept { coming_bytes_ = 0; }

    /// A chunk ends with the row that reaches one of these, or when no more rows have come yet.
    static constexpr std::size_t most_rows = 256;
    static constexpr std::size_t most_bytes = 256 * 1024;

private:
    bool has_those_columns(const result_view& result) const noexcept;

    std::size_t coming_bytes_ = 0; // libpq's count of what the rows since the last chunk took
    rowset description_;           // without rows
    bool is_described_ = false;
    std::string copy_; // the text of it
};

/// Two chunks take turns: the reader has one, and the session fills the other. So a chunk costs no allocation, and no more
/// than two are in memory.
template <class Row>
class row_source final : public row_source_base {
public:
    row_source(std::shared_ptr<request_target> target, statement_text&& text, parameters&& values) noexcept
        : row_source_base(std::move(target), std::move(text), std::move(values)) {
        prefer_copy(!std::is_same_v<Row, dynamic_row> && is_copied(*this));
    }

    error copy_instead(rowset&& columns) override {
        auto decoder = std::make_unique<copy_decoder_for<Row>>(rowset_access::view(columns));
        if (error misfit = decoder->open()) {
            return misfit;
        }
        copied_ = std::move(decoder);
        become_copy(std::move(columns));
        return {};
    }
    error take_bytes(std::span<const std::byte> message) override {
        add_bytes(message.size());
        return copied_->append(message, coming_);
    }

    /// The next row; nothing at the end. Comes when `has_news` or when it is over.
    std::optional<Row> take_one() {
        if (next_ == current_.size() && !turn()) {
            return std::nullopt;
        }
        return std::move(current_[next_++]);
    }
    /// All rows that have come; empty at the end.
    std::span<Row> take_chunk() {
        if (next_ == current_.size()) {
            turn();
        }
        return current_.rows().subspan(std::exchange(next_, current_.size()));
    }

private:
    bool has_news() const noexcept override {
        return next_ != current_.size() || !coming_.empty() || (has_begun() && !is_open());
    }
    error finish_copy() override { return copied_ ? copied_->finish() : error(); }
    bool is_full() const noexcept override { return coming_.size() >= most_rows || is_large(); }
    void discard() noexcept override {
        coming_.clear();
        forget_bytes();
    }

    bool turn() {
        const bool was_full = is_full();
        current_.clear();
        next_ = 0;
        std::swap(current_, coming_);
        forget_bytes();
        if (was_full && engine) {
            engine->resume_stream();
        }
        return !current_.empty();
    }

    error add(result_handle& r, const type_catalogue_ptr& types) override {
        if constexpr (std::is_same_v<Row, dynamic_row>) {
            dynamic_row::append(std::move(r), types, coming_.vector());
            return {};
        } else {
            row_decoder<Row> decoder(result_view(r.get(), *types));
            const int rows = decoder.open();
            if (rows == mismatch) {
                return decoder.why_mismatch();
            }
            auto& out = coming_.vector();
            const std::size_t before = out.size();
            whole_result all;
            error failure = append_rows(decoder, 0, rows, out, all);
            while (failure && out.size() != before) {
                out.pop_back(); // the last one may be invalid
            }
            return failure;
        }
    }

    row_chunk<Row> current_;
    row_chunk<Row> coming_;
    std::size_t next_ = 0;                          // in current_
    std::unique_ptr<copy_decoder_for<Row>> copied_; // of a COPY
};

} // namespace pgcoro::detail
