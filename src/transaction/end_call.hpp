// SPDX-License-Identifier: BSL-1.0
// COMMIT or ROLLBACK, or what stands for them at a savepoint.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/request_call.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <memory>

namespace pgcoro::detail {

class end_call final : public request_call<end_call, void> {
public:
    end_call(const std::shared_ptr<request_target>& s, const transaction_scope& of, bool commits) noexcept
        : request_call(s, commits ? std::size_t{1} : of.rollback_steps()), of_(of) {
        role = commits ? part::commit : part::rollback;
    }

    static call_ptr<void> make_ending(const std::shared_ptr<transaction_scope>& of, bool commits);

    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override;
    void rewind() noexcept override { tag_ = {}; }
    result<> take();

private:
    const statement_text& text_of(std::size_t step) const noexcept override {
        return role == part::commit ? of_.commit_text() : of_.rollback_text(step);
    }
    const parameters& values_of(std::size_t) const noexcept override { return none_; }

    const transaction_scope& of_;
    parameters none_;
    command_tag tag_;
};

} // namespace pgcoro::detail
