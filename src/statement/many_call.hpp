// SPDX-License-Identifier: BSL-1.0
// One statement, many sets of values, one Sync.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/encode_rows.hpp>
#include <pgcoro/detail/request_call.hpp>

#include <vector>

namespace pgcoro::detail {

class many_call final : public request_call<many_call, command_tag> {
public:
    many_call(const std::shared_ptr<request_target>& s, statement_text text, encoded_rows rows) noexcept
        : request_call(s, text_, rows.values.data(), rows.values.size()),
          text_(std::move(text)),
          rows_(std::move(rows.values)) {
        is_uniform = rows.is_uniform;
    }

    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override;
    error locate(error e, std::size_t step, bool while_parsing) const override;
    error fill_in(const type_catalogue& types) override;
    void rewind() noexcept override;
    call_kind kind_of_call() const noexcept override { return call_kind::execute_many; }

    result<command_tag> take();

private:
    statement_text text_;
    std::vector<parameters> rows_;
    command_tag last_;
    std::uint64_t affected_ = 0;
};

} // namespace pgcoro::detail
