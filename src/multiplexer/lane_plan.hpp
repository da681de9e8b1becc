// SPDX-License-Identifier: BSL-1.0
// What a multiplexer decides: which lane a statement takes, when a lane is connected, and whether those that wait have hope.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace pgcoro::lanes {

/// The lane with the least to do, or null if each has `limit` or more. Of equals the first, so that a lone coroutine always
/// meets the same session, with its statements prepared.
template <class Lanes>
[[gnu::always_inline]] inline auto least_loaded(const Lanes& lanes, std::size_t limit) noexcept
    -> decltype(lanes.begin()->get()) {
    decltype(lanes.begin()->get()) best = nullptr;
    for (const auto& lane : lanes) {
        const std::size_t load = lane->load();
        if (load < limit) {
            best = lane.get();
            limit = load;
        }
    }
    return best;
}

/// Decides; connects and waits for nothing itself. All lanes lead to the same servers.
class lane_plan {
public:
    /// `random` is uniform in [0, 1).
    lane_plan(std::size_t lanes, const backoff_options& how, std::function<double()> random);

    /// A lane that is to be connected now, if there is one: each that rests, one after the other.
    std::optional<std::size_t> next_to_wake() noexcept;
    /// The lane is connected.
    void connected(std::size_t lane) noexcept;
    /// It has also been of use: what happened before is forgotten.
    void proved(std::size_t lane) noexcept { lanes_[lane].attempts = 0; }

    struct verdict {
        /// When to try again; nothing: when somebody asks.
        std::optional<std::chrono::milliseconds> pause;
        /// No lane is up, and none may be soon.
        bool is_hopeless = false;
    };
    /// An attempt to connect it failed.
    verdict failed(std::size_t lane, const error& why);
    /// It was up, and is lost.
    std::chrono::milliseconds lost(std::size_t lane);
    /// The pause is over: it is to be connected.
    void resumed(std::size_t lane) noexcept { lanes_[lane].at = state::connecting; }

    std::size_t up() const noexcept { return up_; }
    /// No attempt is under way that nobody knows the outcome of.
    bool all_tried() const noexcept { return count(state::connecting) == 0; }

private:
    enum class state : unsigned char { resting, connecting, pausing, up };
    struct lane_state {
        state at = state::resting;
        int attempts = 0; // since it was of use
    };

    std::size_t count(state s) const noexcept;
    std::optional<std::chrono::milliseconds> next_pause(lane_state& lane);

    std::vector<lane_state> lanes_;
    backoff_options how_;
    backoff backoff_;
    std::function<double()> random_;
    std::size_t up_ = 0;
};

} // namespace pgcoro::lanes
