// SPDX-License-Identifier: BSL-1.0
// Waits until a multiplexer has tried its lanes.
#pragma once

#include <pgcoro/detail/request_call.hpp>

#include <cstddef>
#include <memory>

namespace pgcoro::lanes {

class open_lanes_call final : public detail::request_call<open_lanes_call, void> {
public:
    explicit open_lanes_call(const std::shared_ptr<detail::request_target>& s) noexcept : request_call(s, std::size_t{0}) {
        awaits_lanes = true;
    }

    bool consume(std::size_t, detail::result_handle&, const detail::type_catalogue_ptr&) override { return false; }
    void rewind() noexcept override {}
    result<> take() { return boost::outcome_v2::success(); }
};

} // namespace pgcoro::lanes
