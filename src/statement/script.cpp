// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/script.hpp>

#include "statement/script_check.hpp"

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/stream_calls.hpp>

namespace pgcoro {
namespace detail {
namespace {

/// All results are kept until the end.
class script_request final : public stream_request {
public:
    script_request(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : stream_request(kind::script, std::move(target), std::move(text), {}) {}

    bool consume(std::size_t, result_handle& r, const type_catalogue_ptr& types) override {
        const auto tag = result_view(r.get()).tag();
        const bool has_rows = result_view(r.get()).columns() != 0;
        results_.push_back({tag, has_rows ? rowset(in_binary(std::move(r), *types), types) : rowset()});
        return false;
    }
    error locate(error e, std::size_t, bool) const override { return e.with_item(results_.size()); }

    std::vector<script_result> take_results() noexcept { return std::move(results_); }

private:
    bool has_news() const noexcept override { return false; }
    bool is_full() const noexcept override { return false; }
    void discard() noexcept override { results_.clear(); }

    std::vector<script_result> results_;
};

class script_call final : public call<std::vector<script_result>>, public stream_waiter {
public:
    explicit script_call(std::shared_ptr<script_request> s) noexcept : call(&s->target().where()), state_(std::move(s)) {}

    void destroy() noexcept override { delete this; }
    void drop() noexcept override { delete this; }
    void cancel() noexcept override { state_->cancel(aborted()); }
    void deliver(error why) override {
        if (!why) {
            why = state_->failure();
        }
        using results = std::vector<script_result>;
        result<results> r = why ? result<results>(std::move(why)) : result<results>(state_->take_results());
        this->complete(std::move(r));
    }

private:
    void begin() noexcept override {
        waits_until = this->deadline();
        if (error bad = check_script(state_->text(0).view())) {
            this->complete_later(bad.with(error::nothing_sent));
            return;
        }
        const auto state = state_; // this may be gone when it returns
        state->open(*this);
    }

    std::shared_ptr<script_request> state_;
};

} // namespace

operation<std::vector<script_result>> run_script(const stream_origin& from, std::string script) {
    using results = std::vector<script_result>;
    return operation<results>(
        from.target ? call_ptr<results>(new script_call(from.make<script_request>(statement_text(std::move(script)))))
                    : failed<results>(from.missing));
}

} // namespace detail

script_position position_in(std::string_view script, const error& e) noexcept {
    if (e.position() > 0) {
        return detail::position_of_character(script, static_cast<std::size_t>(e.position()));
    }
    return e.item() ? detail::position_of_statement(script, *e.item()) : script_position();
}

} // namespace pgcoro
