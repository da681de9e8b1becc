// SPDX-License-Identifier: BSL-1.0
#include "statement/many_call.hpp"

#include <pgcoro/queries.hpp>

#include <libpq-fe.h>

#include <cstring>
#include <string>
#include <string_view>

namespace pgcoro::detail {

call_ptr<command_tag> make_many(const std::shared_ptr<request_target>& s, statement_text text, encoded_rows rows) {
    return many_call::make(s, std::move(text), std::move(rows));
}

call_ptr<command_tag> make_many(const std::shared_ptr<transaction_scope>& s, statement_text text, encoded_rows rows) {
    return many_call::make(s, std::move(text), std::move(rows));
}

bool many_call::consume(std::size_t, result_handle& r, const type_catalogue_ptr&) {
    // Most rows have the tag of the row before, which need not be taken apart again.
    const char* const tag = PQcmdStatus(r.get());
    const std::string_view last = last_.text();
    if (std::strncmp(tag, last.data(), last.size()) != 0 || tag[last.size()] != '\0' || last.empty()) {
        last_ = command_tag(std::string_view(tag));
    }
    affected_ += last_.rows_affected();
    return false;
}

error many_call::fill_in(const type_catalogue& types) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        if (error e = rows_[row].fill_in(types)) {
            return e.with_item(row);
        }
    }
    return {};
}

// There is one text: if that is wrong, no row in particular is.
error many_call::locate(error e, std::size_t step, bool while_parsing) const { return while_parsing ? e : e.with_item(step); }

void many_call::rewind() noexcept {
    last_ = {};
    affected_ = 0;
}

// "INSERT 0 1" a thousand times is "INSERT 0 1000".
result<command_tag> many_call::take() {
    const auto text = last_.text();
    const auto count = text.find_last_not_of("0123456789") + 1;
    if (count == text.size()) {
        return last_;
    }
    return command_tag(std::string(text.substr(0, count)) + std::to_string(affected_));
}

} // namespace pgcoro::detail
