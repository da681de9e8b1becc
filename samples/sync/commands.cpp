// SPDX-License-Identifier: BSL-1.0
// The commands that look and clean up: `status` and `drop`.
#include "bookkeeping.hpp"
#include "failure.hpp"
#include "run.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/run.hpp>
#include <pgcoro/types.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>

namespace data_sync {
namespace {

namespace json = boost::json;
using pgcoro::task;

struct slot_status {
    std::string name;
    bool is_active;
    std::optional<std::int64_t> retained;
    pgcoro::lsn end; // of the log
};

struct target_report {
    std::string name;
    std::string state;
    std::string reason;
    std::optional<slot_status> slot;
    std::optional<kept_status> kept;
};

task<std::optional<kept_status>> ask_target(target_option t, const options& o) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await connect_target(t, o));
    co_return co_await read_status(db, o.slot_of(t));
}

/// In the words of `target_state`.
void judge(target_report& r) {
    if (!r.kept) {
        r.state = "missing";
        r.reason = "the target was not begun";
    } else if (r.kept->stopped_because) {
        r.state = "stopped";
        r.reason = *r.kept->stopped_because;
    } else if (!r.slot) {
        r.state = "stopped";
        r.reason = "the source has no slot for it: copy its tables again, with run --copy-again " + r.name;
    } else if (!r.kept->is_copied) {
        r.state = r.slot->is_active ? "copying" : "waiting";
        r.reason = r.slot->is_active ? "" : "the copy did not end: run again";
    } else {
        r.state = r.slot->is_active ? "following" : "waiting";
        r.reason = r.slot->is_active ? "" : "nobody reads its slot: run again, or drop it";
    }
}

task<std::vector<target_report>> report_all(const options& o) {
    std::vector<std::string> names;
    for (const auto& t : o.targets) {
        names.push_back(o.slot_of(t));
    }
    BOOST_OUTCOME_CO_TRY(auto source, co_await connect_source(o));
    BOOST_OUTCOME_CO_TRY(const auto slots, co_await source.fetch<slot_status>(
                                               "select slot_name::text, active, "
                                               "pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8, pg_current_wal_lsn() "
                                               "from pg_replication_slots where slot_name = any($1)",
                                               names));
    std::vector<target_report> all;
    for (const auto& t : o.targets) {
        auto& r = all.emplace_back();
        r.name = t.name;
        const auto slot = std::ranges::find(slots, o.slot_of(t), &slot_status::name);
        if (slot != slots.end()) {
            r.slot = *slot;
        }
        auto kept = co_await ask_target(t, o);
        if (kept) {
            r.kept = kept.value();
            judge(r);
        } else {
            r.state = "unreachable";
            r.reason = explain(kept.error());
        }
    }
    co_return all;
}

std::optional<std::uint64_t> lag_of(const target_report& r) {
    if (!r.slot || !r.kept || !r.kept->is_copied) {
        return std::nullopt;
    }
    return r.slot->end > r.kept->position ? r.slot->end.value - r.kept->position.value : 0;
}

json::value or_null(std::optional<std::uint64_t> number) { return number ? json::value(*number) : json::value(nullptr); }

std::optional<std::uint64_t> retained_of(const target_report& r) {
    return r.slot && r.slot->retained ? std::optional(static_cast<std::uint64_t>(std::max<std::int64_t>(0, *r.slot->retained)))
                                      : std::nullopt;
}

json::object to_object(const target_report& r) {
    json::object o{{"name", r.name},
                   {"state", r.state},
                   {"reason", r.reason},
                   {"lag_bytes", or_null(lag_of(r))},
                   {"retained_bytes", or_null(retained_of(r))}};
    if (r.kept) {
        o["position"] = to_string(r.kept->position);
        o["transactions"] = r.kept->transactions;
        o["changes"] = r.kept->changes;
        o["conflicts"] = r.kept->conflicts;
        o["committed_at"] = r.kept->committed_at ? json::value(*r.kept->committed_at) : json::value(nullptr);
        o["seconds_since_write"] = r.kept->seconds_ago;
    }
    return o;
}

void print_table(const std::vector<target_report>& all, std::ostream& out) {
    const auto line = [&](const std::string& name, const std::string& state, const std::string& lag, const std::string& kept,
                          const std::string& changes, const std::string& conflicts, const std::string& reason) {
        out << std::left << std::setw(16) << name << std::setw(13) << state << std::right << std::setw(10) << lag
            << std::setw(14) << kept << std::setw(12) << changes << std::setw(11) << conflicts << "  " << reason << '\n';
    };
    line("target", "state", "lag", "log retained", "changes", "conflicts", "");
    for (const auto& r : all) {
        const auto lag = lag_of(r);
        const auto retained = retained_of(r);
        line(r.name, r.state, lag ? bytes_text(*lag) : "-", retained ? bytes_text(*retained) : "-",
             r.kept ? std::to_string(r.kept->changes) : "-", r.kept ? std::to_string(r.kept->conflicts) : "-", r.reason);
    }
}

task<> drop_slot(const options& o, std::string slot) {
    BOOST_OUTCOME_CO_TRY(auto source, co_await connect_source(o));
    // Errors: `object_in_use`, while the program runs.
    BOOST_OUTCOME_CO_TRY(co_await source.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1", slot));
    co_return pgcoro::success();
}

task<> forget_target(target_option t, const options& o) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await connect_target(t, o));
    co_return co_await remove_state(db, o.slot_of(t));
}

} // namespace

exit_code print_status(const options& o, journal& j) {
    const auto all = pgcoro::run(report_all(o));
    if (!all) {
        j.event("error", explain(all.error()));
        return failed;
    }
    if (o.is_json) {
        json::array list;
        for (const auto& r : all.value()) {
            list.push_back(to_object(r));
        }
        const json::object event{{"event", "status"}, {"targets", std::move(list)}};
        std::cout << json::serialize(event) << '\n';
    } else {
        print_table(all.value(), std::cout);
    }
    const bool is_well =
        std::ranges::all_of(all.value(), [](const auto& r) { return r.state == "following" || r.state == "copying"; });
    return is_well ? done : target_stopped;
}

exit_code drop_targets(const options& o, journal& j) {
    exit_code code = done;
    for (const auto& t : o.targets) {
        // The slot first: it is what fills a disk.
        auto dropped = pgcoro::run(drop_slot(o, o.slot_of(t)));
        if (dropped) {
            dropped = pgcoro::run(forget_target(t, o));
        }
        if (dropped) {
            j.event("dropped", t.name + ": dropped", {{"target", t.name}});
        } else {
            j.event("error", t.name + ": " + explain(dropped.error()), {{"target", t.name}});
            code = failed;
        }
    }
    return code;
}

} // namespace data_sync
