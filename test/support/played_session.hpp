// SPDX-License-Identifier: BSL-1.0
// A session without a server: it takes requests, and the test says what becomes of them.
#pragma once

#include <pgcoro/connection.hpp>
#include <pgcoro/detail/request_target.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace pgcoro::test {

class played_session final : public detail::request_target {
public:
    explicit played_session(boost::asio::any_io_executor executor) : detail::request_target(std::move(executor)) {}
    ~played_session() = default;

    void submit(detail::request& r) noexcept override { submitted.push_back(&r); }
    void cancel(detail::request& r, error why) noexcept override { cancelled.emplace_back(&r, std::move(why)); }
    bool is_open() const noexcept override { return true; }

    /// The answers have come, for all of them.
    void finish_all(const error& outcome = {}) {
        detail::result_handle nothing;
        const auto no_types = std::make_shared<const detail::type_catalogue>();
        for (detail::request* r : std::exchange(submitted, {})) {
            for (std::size_t step = 0; !outcome && step != r->steps(); ++step) {
                r->consume(step, nothing, no_types);
            }
            r->outcome = outcome;
            r->finish();
        }
    }

    void drop_all() {
        for (detail::request* r : std::exchange(submitted, {})) {
            r->drop();
        }
    }

    std::vector<detail::request*> submitted;
    std::vector<std::pair<detail::request*, error>> cancelled;
};

/// Some statement, on a played session.
inline operation<command_tag> played_operation(const std::shared_ptr<played_session>& s) {
    constexpr auto decode = [](detail::result_handle&, const detail::type_catalogue_ptr&, std::optional<command_tag>& out,
                               std::size_t) -> error {
        out.emplace("PLAYED");
        return {};
    };
    return operation<command_tag>(detail::statement_call<command_tag>::make(s, detail::statement_text("select 1", 0), +decode));
}

} // namespace pgcoro::test
