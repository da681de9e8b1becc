// SPDX-License-Identifier: BSL-1.0
// What a listener received of numbered notifications, to be compared with the numbers that were sent.
#pragma once

#include <pgcoro/listener_events.hpp>

#include <cstdint>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace pgcoro::test {

class heard_numbers {
public:
    using number = std::int64_t;

    void add(const listener_event& event) {
        const auto* const n = std::get_if<notification>(&event);
        events_.push_back(n ? std::stoll(n->payload) : gap_here);
        ++(n ? numbers_ : gaps_);
    }

    std::size_t numbers() const noexcept { return numbers_; }
    std::size_t gaps() const noexcept { return gaps_; }
    /// The last number received, or 0.
    number last() const noexcept {
        for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
            if (*event != gap_here) {
                return *event;
            }
        }
        return 0;
    }

    /// `sent`: the numbers that were committed, in this order. Each must have been received once, or lie in a gap, up to the
    /// last one that was received. Prints what is wrong, and returns how many numbers are.
    int compare(const std::set<number>& sent) const {
        int wrong = 0;
        auto expected = sent.begin();
        number previous = 0;
        bool in_gap = false;
        for (const number event : events_) {
            if (event == gap_here) {
                in_gap = true;
                continue;
            }
            const auto found = sent.find(event);
            if (found == sent.end() || event <= previous) {
                std::cerr << "notification " << event << " came after " << previous
                          << (found == sent.end() ? ", and was not sent\n" : ": twice, or out of order\n");
                ++wrong;
                continue;
            }
            if (found != expected && !in_gap) {
                std::cerr << "notification " << *expected << " is missing before " << event << ", and no gap is reported\n";
                ++wrong;
            }
            in_gap = false;
            previous = event;
            expected = std::next(found);
        }
        return wrong;
    }

private:
    static constexpr number gap_here = -1;

    std::vector<number> events_; // in order
    std::size_t numbers_ = 0;
    std::size_t gaps_ = 0;
};

} // namespace pgcoro::test
