// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/observer.hpp>

#include "observe/observation.hpp"

#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/stream_request.hpp>
#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <array>
#include <cstring>

namespace pgcoro {

std::string_view to_string(call_kind kind) noexcept {
    static constexpr std::array<std::string_view, 12> names = {"execute", "fetch",   "execute_many", "batch",
                                                               "stream",  "copy_in", "copy_out",     "script",
                                                               "cursor",  "commit",  "rollback",     "ping"};
    const auto i = static_cast<std::size_t>(kind);
    return i < names.size() ? names[i] : "unknown";
}

std::string_view to_string(transaction_end outcome) noexcept {
    switch (outcome) {
    case transaction_end::committed: return "committed";
    case transaction_end::rolled_back: return "rolled_back";
    case transaction_end::lost: return "lost";
    case transaction_end::unknown: break;
    }
    return "unknown";
}

call_kind statement_event::kind() const noexcept { return request_->kind_of_call(); }

void* statement_event::transaction_data() const noexcept {
    const auto* scope = request_->scope;
    while (scope && scope->outer) {
        scope = scope->outer.get();
    }
    return scope && scope->observers_data ? scope->observers_data[called_->index] : nullptr;
}

void statement_event::comment(std::string_view comment, bool also_prepared) const {
    if (!commented_ && reached_ == clock::time_point() && request_->is_single()) {
        request_->tells_sending = true; // a text of its own is looked for then
        commented_ = std::make_unique<const std::string>(std::string(request_->single_text().view()).append(comment));
        request_->goes_unnamed = request_->goes_unnamed || also_prepared;
        const_cast<detail::observation&>(static_cast<const detail::observation&>(*this)).leave_pool();
    }
}

std::uint64_t statement_event::bytes_sent() const noexcept {
    std::uint64_t bytes = bytes_copied_;
    for (std::size_t step = 0, steps = request_->steps(); step < steps; ++step) {
        bytes += request_->values(step).byte_size();
    }
    return bytes;
}

const error& statement_event::failure() const noexcept {
    static const error none;
    const bool is_none = request_->is_stream && static_cast<const detail::stream_request*>(request_)->was_left_by_reader();
    return is_none ? none : request_->outcome;
}

bool statement_event::is_retried() const noexcept { return request_->retried || request_->sent_for_text; }

bool statement_event::is_in_transaction() const noexcept { return request_->scope != nullptr; }

std::size_t statement_event::statements() const noexcept { return request_->steps(); }

std::string_view statement_event::sql(std::size_t statement) const noexcept {
    return statement < statements() ? request_->text(statement).view() : std::string_view();
}

bool statement_event::is_literal(std::size_t statement) const noexcept {
    return statement >= statements() || request_->text(statement).is_static();
}

std::uint64_t statement_event::fingerprint(std::size_t statement) const noexcept {
    if (statement >= statements()) {
        return detail::fingerprint_of({});
    }
    const auto& text = request_->text(statement);
    return text.is_static() ? text.fingerprint() : detail::fingerprint_of(text.view());
}

std::span<const std::uint32_t> statement_event::parameter_types(std::size_t statement) const noexcept {
    if (statement >= statements()) {
        return {};
    }
    const auto& values = request_->values(statement);
    return {values.oids(), values.size()};
}

std::string statement_event::value(std::size_t statement, std::size_t parameter) const {
    std::string text;
    if (!called_->wants_values || parameter >= parameter_types(statement).size()) {
        return text;
    }
    const auto& values = request_->values(statement);
    const char* const bytes = values.value(parameter);
    if (!bytes) {
        return "NULL";
    }
    const auto size = static_cast<std::size_t>(values.length(parameter));
    if (values.format(parameter) == 0) {
        text.assign(bytes, size);
    } else if (detail::append_text(values.oid(parameter), {reinterpret_cast<const std::byte*>(bytes), size},
                                   detail::built_in_types(), detail::text_style::server, text) != errc{}) {
        text = "<" + std::to_string(size) + " bytes>";
    }
    return text;
}

} // namespace pgcoro
