// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/answer.hpp>

#include <pgcoro/detail/row_slice.hpp>

namespace pgcoro::detail {

struct answer_base::trouble {
    error failure;
    result_handle result{}; // if it has more rows, or if more may become known of its types
    wanted_types wanted{};
    type_catalogue_ptr types{};          // what the rows that are left are to be read with; null: what the session knows
    std::vector<result_handle> chunks{}; // of rows that wait for types
    std::size_t next_chunk = 0;
};

namespace {

constexpr int chunks_at_once = 16; // of those that had to wait for types

} // namespace

void answer_base::end_trouble::operator()(trouble* t) const noexcept { delete t; }

const error* answer_base::why() const noexcept { return &trouble_->failure; }

bool answer_base::has_more_rows() const noexcept { return trouble_ && is_more_rows(trouble_->failure); }

bool answer_base::read_on(const type_catalogue_ptr& types) {
    const auto before = std::move(trouble_);
    const auto& known = before->types ? before->types : types;
    if (!before->chunks.empty()) {
        read_chunks(*before, known);
    } else if (error e = read_value(before->result, known)) {
        static_cast<void>(keep(std::move(e), before->result, known));
        remember(known);
    }
    return has_more_rows();
}

bool answer_base::lacks_types() const noexcept {
    if (const rowset* const r = rows()) {
        return r->has_unknown_types();
    }
    return trouble_ && (trouble_->result || !trouble_->chunks.empty()) && !has_more_rows();
}

void answer_base::unknown_types(wanted_types& out) const {
    if (const rowset* const r = rows()) {
        r->append_types(out);
    } else if (lacks_types()) {
        out.append(trouble_->wanted);
    }
}

bool answer_base::look_again(const type_catalogue_ptr& types) {
    if (rows()) {
        return learn(types);
    }
    const auto before = std::move(trouble_);
    if (!before->chunks.empty()) {
        read_chunks(*before, types);
        return false;
    }
    forget_value();
    if (error e = read(before->result, types)) {
        keep_reading(std::move(e), before->result);
        remember(types);
    }
    return false;
}

void answer_base::take_chunk(result_handle& r, const type_catalogue_ptr& types, std::size_t expected) {
    if (trouble_) {
        if (!trouble_->chunks.empty()) {
            trouble_->chunks.push_back(std::move(r));
        }
        return; // all is in vain
    }
    before_ = size();
    if (before_ == 0) {
        make_room(expected);
    }
    if (error e = read_value(r, types)) {
        keep_chunk(std::move(e), r, types);
    }
}

void answer_base::keep_chunk(error e, result_handle& r, const type_catalogue_ptr& types) {
    cut(before_);
    if (e == errc::type_mismatch && has_text_columns(r.get())) {
        e = read(r, types);
        if (!e) {
            return;
        }
        cut(before_);
    }
    auto wanted = types_for(e, r, types);
    const bool may_help = !wanted.empty();
    trouble_.reset(new trouble{std::move(e), nullptr, std::move(wanted)});
    if (may_help) {
        trouble_->chunks.push_back(std::move(r));
    }
}

/// Some of the chunks that had to wait until more was known of their types.
void answer_base::read_chunks(trouble& waiting, const type_catalogue_ptr& types) {
    for (int i = 0; i < chunks_at_once && waiting.next_chunk < waiting.chunks.size(); ++i) {
        auto chunk = std::move(waiting.chunks[waiting.next_chunk++]);
        before_ = size();
        if (error e = read(chunk, types)) {
            trouble_.reset(new trouble{std::move(e)});
            return;
        }
    }
    if (waiting.next_chunk < waiting.chunks.size()) {
        trouble_.reset(new trouble{more_rows(), nullptr, {}, types, std::move(waiting.chunks), waiting.next_chunk});
    }
}

/// What is left is read with these: they may know what the session has no reason to remember.
void answer_base::remember(const type_catalogue_ptr& types) {
    if (has_more_rows()) {
        trouble_->types = types;
    }
}

void answer_base::rewind() noexcept {
    forget_value();
    trouble_.reset();
    before_ = 0;
}

bool answer_base::keep(error e, result_handle& r, const type_catalogue_ptr& types) {
    if (e == errc::type_mismatch && has_text_columns(r.get())) {
        forget_value();
        e = read(r, types);
        if (!e) {
            return false;
        }
    }
    if (is_more_rows(e)) {
        keep_reading(std::move(e), r);
        return true;
    }
    auto wanted = types_for(e, r, types);
    const bool may_help = !wanted.empty();
    trouble_.reset(new trouble{std::move(e), may_help ? std::move(r) : nullptr, std::move(wanted)});
    return may_help;
}

/// What could be learned of types that may cure the error.
wanted_types answer_base::types_for(const error& e, const result_handle& r, const type_catalogue_ptr& types) const {
    wanted_types wanted;
    if (e == errc::type_mismatch || e == errc::attribute_mismatch) {
        append_types(result_view(r.get(), *types), wanted.numbers);
        append_names(wanted.names);
    }
    return wanted;
}

void answer_base::keep_reading(error e, result_handle& r) {
    const bool is_unfinished = is_more_rows(e);
    trouble_.reset(new trouble{std::move(e), is_unfinished ? std::move(r) : nullptr});
}

/// Also what came as text because one of its columns had to.
error answer_base::read(result_handle& r, const type_catalogue_ptr& types) {
    if (has_text_columns(r.get())) {
        r = in_binary(std::move(r), *types);
    }
    return read_value(r, types);
}

bool answer<rowset>::consume(result_handle& r, const type_catalogue_ptr& types) {
    if (error e = decode_(r, types, value_, 0)) [[unlikely]] {
        return keep(std::move(e), r, types);
    }
    return value_->has_unknown_types();
}

error answer<rowset>::read_value(result_handle& r, const type_catalogue_ptr& types) { return decode_(r, types, value_, 0); }
void answer<rowset>::forget_value() noexcept { value_.reset(); }
const rowset* answer<rowset>::rows() const noexcept { return value_ ? &*value_ : nullptr; }

bool answer<rowset>::learn(const type_catalogue_ptr& types) {
    value_->learn(types);
    return value_->has_unknown_types();
}

} // namespace pgcoro::detail
