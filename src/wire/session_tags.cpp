// SPDX-License-Identifier: BSL-1.0
// Command tags: some commands change what is known about the session.
#include "wire/session.hpp"

#include <pgcoro/detail/session_effect.hpp>

#include <string_view>

namespace pgcoro::wire {

/// SET was answered, and what it set is the encoding of text: known before its Sync is, and before what follows is read.
bool session::sets_encoding(std::string_view tag) {
    return tag == "SET" && head_.step < queues_.in_flight.front()->steps() &&
           detail::sets_encoding(queues_.in_flight.front()->text(head_.step).view());
}

void session::on_command_tag(std::string_view tag) {
    switch (tag.empty() ? '\0' : tag.front()) {
    case 'B': // BEGIN
        transaction_.open = gate_.by_hand = true;
        break;
    case 'S':
        if (tag == "START TRANSACTION") {
            transaction_.open = gate_.by_hand = true;
        }
        if (tag == "SET") {
            server_.limit.forget();
            on_setting();
        }
        break;
    case 'C':
        if (tag.starts_with("COMMIT")) {
            transaction_.open = false;
            transaction_.may_be_open = true; // AND CHAIN begins the next
            if (settings_.is_local()) {
                forget_names(); // SET LOCAL is over
            }
        }
        break;
    case 'L':
        if (tag == "LISTEN") {
            server_.until_look = server_.look_period = 1;
        }
        break;
    case 'P': transaction_.open = transaction_.open && tag != "PREPARE TRANSACTION"; break;
    case 'R': // of ROLLBACK TO too, which leaves the transaction open: the mistake errs on the side of doubt
        if (tag.starts_with("ROLLBACK")) {
            transaction_.open = false;
            transaction_.may_be_open = true;
        }
        server_.limit.forget(); // settings are rolled back, too; or it was RESET
        if (tag == "ROLLBACK") {
            forget_names();
        } else if (tag == "RESET") {
            on_setting();
        }
        break;
    case 'D':
        if (tag.starts_with("DISCARD")) {
            forget_names();
        }
        if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL") {
            cache_.forget_all();
            if (tag == "DISCARD ALL") {
                settings_.discarded();
            }
            server_.limit.forget();
        }
        break;
    default: break;
    }
}

} // namespace pgcoro::wire
