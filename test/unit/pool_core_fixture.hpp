// SPDX-License-Identifier: BSL-1.0
// The pool's decisions as lists of events and the actions expected of them. The clock stands still unless a test moves it.
#pragma once

#include "pool/pool_core.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace pgcoro::test {

using namespace std::chrono_literals;
using pooling::member;
using pooling::pool_core;
using pooling::refusal;
using pooling::time_point;
using pooling::waiter;

inline constexpr double no_chance = 0.0;

/// A pool of members a, b, c, ... and waiters 1, 2, 3, ...
class pool_core_test : public ::testing::Test {
protected:
    pool_core& core() { return core_ ? *core_ : core_.emplace(options); }

    /// All that is to be done now, as a list in words.
    std::string actions() {
        using kind = pool_core::action::kind;
        std::string all;
        while (const auto a = core().next()) {
            const std::string which = a->which ? std::string(1, static_cast<char>('a' + (a->which - members.data()))) : "";
            const std::string who = a->who ? std::to_string(a->who - waiters.data() + 1) : "";
            const char* const reasons[] = {"timed out", "too many", "cannot connect", "closed"};
            all += all.empty() ? "" : ", ";
            switch (a->what) {
            case kind::connect: all += "connect"; break;
            case kind::probe: all += "probe " + which; break;
            case kind::ping: all += "ping " + which; break;
            case kind::lend: all += "lend " + which + " to " + who; break;
            case kind::refuse: all += "refuse " + who + ": " + reasons[static_cast<int>(a->why)]; break;
            case kind::close: all += "close " + which; break;
            case kind::report: all += "report " + which; break;
            }
        }
        return all;
    }

    waiter& ask(int who, std::chrono::seconds patience = 30s) {
        waiter& w = waiters[static_cast<std::size_t>(who - 1)];
        w.expires = now + patience;
        core().ask(w, now);
        return w;
    }
    member& of(char name) { return members[static_cast<std::size_t>(name - 'a')]; }
    void connected(char name, double random = no_chance) { core().connected(of(name), now, random); }
    void failed(double random = no_chance) { core().connect_failed(false, now, random); }
    void back(char name) { core().give_back(of(name), now); }
    void tick() { core().tick(now); }

    /// Members a, b, ... are idle; each has been lent once, and the last one came back last.
    void have_idle(const std::string& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            ask(static_cast<int>(waiters.size() - i));
        }
        for (const char name : names) {
            connected(name);
        }
        for (const char name : names) {
            back(name);
        }
        tick(); // forgets when those who asked would have given up
        EXPECT_EQ(core().idle(), names.size());
        while (core().next()) {
        }
    }

    pool_options options;
    time_point now = time_point() + 1000h;
    std::array<member, 8> members;
    std::array<waiter, 20> waiters;

private:
    std::optional<pool_core> core_; // after what it links
};

} // namespace pgcoro::test
