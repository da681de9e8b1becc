// SPDX-License-Identifier: BSL-1.0
// Commands without parameters or results that are sent together, as one transaction.
#pragma once

#include <pgcoro/detail/request_call.hpp>

#include <vector>

namespace pgcoro::listening {

class commands_call final : public detail::request_call<commands_call, void> {
public:
    commands_call(const std::shared_ptr<detail::request_target>& s, std::vector<detail::statement_text> texts) noexcept
        : request_call(s, texts.size()), texts_(std::move(texts)) {}

    bool consume(std::size_t, detail::result_handle&, const detail::type_catalogue_ptr&) override { return false; }
    void rewind() noexcept override {}
    result<> take() { return boost::outcome_v2::success(); }

private:
    const detail::statement_text& text_of(std::size_t step) const noexcept override { return texts_[step]; }
    const parameters& values_of(std::size_t) const noexcept override { return none_; }

    std::vector<detail::statement_text> texts_;
    parameters none_;
};

} // namespace pgcoro::listening
