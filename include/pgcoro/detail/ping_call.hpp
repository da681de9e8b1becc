// SPDX-License-Identifier: BSL-1.0
// A Sync and nothing else.
#pragma once

#include <pgcoro/detail/request_call.hpp>

#include <cstddef>
#include <memory>

namespace pgcoro::detail {

class ping_call final : public request_call<ping_call, void> {
public:
    explicit ping_call(const std::shared_ptr<request_target>& s) noexcept : request_call(s, std::size_t{0}) {}

    bool consume(std::size_t, result_handle&, const type_catalogue_ptr&) override { return false; }
    void rewind() noexcept override {}
    result<> take() { return boost::outcome_v2::success(); }
};

} // namespace pgcoro::detail
