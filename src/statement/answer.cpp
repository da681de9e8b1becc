// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/answer.hpp>

#include <pgcoro/detail/row_slice.hpp>

namespace pgcoro::detail {

struct answer_base::trouble {
    error failure;
    result_handle result; // if it has more rows, or if more may become known of its types
    wanted_types wanted;
};

void answer_base::end_trouble::operator()(trouble* t) const noexcept { delete t; }

const error* answer_base::why() const noexcept { return &trouble_->failure; }

bool answer_base::has_more_rows() const noexcept { return trouble_ && is_more_rows(trouble_->failure); }

bool answer_base::read_on(const type_catalogue_ptr& types) {
    const auto before = std::move(trouble_);
    if (error e = read_value(before->result, types)) {
        static_cast<void>(keep(std::move(e), before->result, types));
    }
    return has_more_rows();
}

bool answer_base::lacks_types() const noexcept {
    if (const rowset* const r = rows()) {
        return r->has_unknown_types();
    }
    return trouble_ && trouble_->result && !has_more_rows();
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
    forget_value();
    const auto before = std::move(trouble_);
    if (error e = read(before->result, types)) {
        keep_reading(std::move(e), before->result);
    }
    return false;
}

void answer_base::rewind() noexcept {
    forget_value();
    trouble_.reset();
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
    wanted_types wanted;
    if (e == errc::type_mismatch || e == errc::attribute_mismatch) {
        append_types(result_view(r.get(), *types), wanted.numbers);
        append_names(wanted.names);
    }
    const bool may_help = !wanted.empty();
    trouble_.reset(new trouble{std::move(e), may_help ? std::move(r) : nullptr, std::move(wanted)});
    return may_help;
}

void answer_base::keep_reading(error e, result_handle& r) {
    const bool is_unfinished = is_more_rows(e);
    trouble_.reset(new trouble{std::move(e), is_unfinished ? std::move(r) : nullptr, {}});
}

/// Also what came as text because one of its columns had to.
error answer_base::read(result_handle& r, const type_catalogue_ptr& types) {
    if (has_text_columns(r.get())) {
        r = in_binary(std::move(r), *types);
    }
    return read_value(r, types);
}

bool answer<rowset>::consume(result_handle& r, const type_catalogue_ptr& types) {
    if (error e = decode_(r, types, value_)) [[unlikely]] {
        return keep(std::move(e), r, types);
    }
    return value_->has_unknown_types();
}

error answer<rowset>::read_value(result_handle& r, const type_catalogue_ptr& types) { return decode_(r, types, value_); }
void answer<rowset>::forget_value() noexcept { value_.reset(); }
const rowset* answer<rowset>::rows() const noexcept { return value_ ? &*value_ : nullptr; }

bool answer<rowset>::learn(const type_catalogue_ptr& types) {
    value_->learn(types);
    return value_->has_unknown_types();
}

} // namespace pgcoro::detail
