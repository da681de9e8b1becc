// SPDX-License-Identifier: BSL-1.0
// What a pool decides: who gets which connection, when one is made, looked at, or closed. Without I/O: events in, actions out.
//
//   ask, withdraw, connected, checked, give_back, tick, ...  ->  next(): connect, probe, ping, lend, refuse, close, report
//
// Time is passed in, and so is chance. Members and waiters are owned by whoever calls this.
#pragma once

#include <pgcoro/pool_options.hpp>

#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pgcoro::pooling {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
namespace intrusive = boost::intrusive;
constexpr std::chrono::milliseconds longest_duration = std::chrono::hours(24 * 36'525);
using list_hook = intrusive::list_base_hook<intrusive::link_mode<intrusive::safe_link>>;

/// One connection, from when it is made until it is closed.
struct member : list_hook {
    enum class state : unsigned char { none, idle, checking, lent, cleaning };

    state at = state::none;
    bool reported = false;  // as kept too long
    bool looked_at = false; // is being checked for no one who wants it
    std::uint64_t generation = 0;
    std::size_t uses = 0;
    time_point retires = time_point::max();
    time_point since; // it has been idle, or lent
};

/// Somebody who wants a connection.
struct waiter : list_hook {
    time_point since;
    time_point expires = time_point::max();
};

/// Why a waiter is sent away.
enum class refusal : unsigned char { timed_out, too_many, cannot_connect, closed };

class pool_core {
public:
    struct action {
        enum class kind : unsigned char {
            connect, // make one more; `connected` or `connect_failed` follows
            probe,   // ask `which` without a round trip; `checked` follows
            ping,    // ask it with one; the same
            lend,    // `which` to `who`
            refuse,  // `who`, for `why`
            close,   // `which` is no longer a member
            report,  // `which` is lent for too long
        };
        kind what;
        member* which = nullptr;
        waiter* who = nullptr;
        refusal why = refusal::timed_out;
    };

    /// `options` must outlive it; no duration of theirs is longer than `longest_duration`.
    explicit pool_core(const pool_options& options);

    /// From now on `min_size` connections are kept.
    void start(time_point now);

    /// A connection that can be lent on the spot, without a look at it, or null. It is lent then.
    member* take(time_point now);
    /// `w` waits, and is answered by an action. Its `expires` is set.
    void ask(waiter& w, time_point now);
    /// It does not wait any longer. False if it had its answer already.
    bool withdraw(waiter& w) noexcept;

    /// `m` was made and is whole. `random` is uniform in [0, 1).
    void connected(member& m, time_point now, double random);
    /// `permanent`: trying again is useless as far as one can know.
    void connect_failed(bool permanent, time_point now, double random);
    void checked(member& m, bool works, time_point now);
    /// The server of one that was checked, lent or cleaned is no longer what is wanted: it is closed. Those that were idle
    /// meanwhile are asked with a round trip before they are lent.
    void turned(member& m, time_point now);
    /// Somebody wants to know how things are: an idle one is asked, or, if there is reason to doubt, one is connected.
    void look(time_point now);
    bool is_looking() const noexcept { return looking_ != 0; }

    /// A lent one is back, or a cleaned one is clean.
    void give_back(member& m, time_point now);
    /// A lent one is back and to be cleaned; `give_back` or `lost` follows.
    void clean(member& m) noexcept;
    /// A lent or cleaned one is no more, or of no use: it is closed.
    void discard(member& m, time_point now);
    /// The same, and it was the server or the network that ended it: others are not trusted either.
    void lost(member& m, time_point now);

    /// What time brings about. To be called at `wake()`, at the latest.
    void tick(time_point now);
    time_point wake() const noexcept { return wake_; }

    /// All connections there are now are closed, the lent ones when they come back. Others take their places.
    void drain(time_point now);
    /// The same, without others, and nobody gets one any more.
    void close(time_point now);

    /// What is to be done next, in order.
    std::optional<action> next();

    std::size_t size() const noexcept { return members_; }
    std::size_t idle() const noexcept { return idle_.size(); }
    std::size_t in_use() const noexcept { return lent_.size(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    /// Since when who waits longest has been waiting.
    std::optional<time_point> waiting_since() const noexcept {
        return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().since);
    }
    bool is_closed() const noexcept { return closed_; }
    /// There is a connection, or no reason to think that there could be none.
    bool is_serving() const noexcept { return !closed_ && (members_ != 0 || !is_doubtful()); }
    /// Attempts to connect that failed since the last one that did not.
    int failures() const noexcept { return failures_; }

private:
    enum class care : unsigned char { none, probe, ping };
    using kind = action::kind;

    void settle(time_point now);
    void serve(time_point now);
    void grow(time_point now);
    void ready(member& m, time_point now);
    void lend(member& m, waiter& w, time_point now);
    void mark_lent(member& m, time_point now);
    void check(member& m, care how);
    void end_check(member& m) noexcept;
    void leave(member& m);
    void forget(member& m);
    template <class Condition>
    void close_idle_if(Condition condition);
    void refuse_all(refusal why);
    care care_for(const member& m, time_point now) const noexcept;
    bool is_retired(const member& m, time_point now) const noexcept;
    bool wants_another() const noexcept;
    bool is_doubtful() const noexcept { return failures_ != 0 || has_lost_; }
    void wake_at(time_point when) noexcept { wake_ = std::min(wake_, when); }

    std::size_t min_size_, max_size_, max_idle_;
    const pool_options& options_;
    backoff retry_;

    intrusive::list<member> idle_; // the one that came back last is first
    intrusive::list<member> lent_; // the one lent first is first
    intrusive::list<waiter> waiting_;
    std::vector<action> actions_;
    std::size_t next_action_ = 0;
    std::size_t members_ = 0;
    std::size_t checking_ = 0;
    std::size_t cleaning_ = 0;
    std::size_t looking_ = 0; // of those that are checked
    bool started_ = false;
    bool connecting_ = false;
    bool closed_ = false;
    bool has_lost_ = false;   // one was lost since another was of use
    bool is_curious_ = false; // one is to be connected only to see whether that is possible
    int failures_ = 0;
    std::uint64_t generation_ = 1;
    time_point next_attempt_ = time_point::min();
    time_point distrusted_ = time_point::min(); // who has been idle since before is looked at
    time_point suspected_ = time_point::min();  // the same, with a round trip
    time_point wake_ = time_point::max();
};

} // namespace pgcoro::pooling
