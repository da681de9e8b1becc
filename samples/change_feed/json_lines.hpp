// SPDX-License-Identifier: BSL-1.0
// Changes as lines of JSON:
//
//     {"xid":735,"commit":"0/15DA9C0","table":"public.items","op":"insert","row":{"id":1,"name":"nut"}}
//     {"xid":735,"commit":"0/15DA9C0","table":"public.items","op":"update","old":{"id":1},"row":{"id":2,"name":"nut"}}
//
// A column that the update did not change and the server did not send is missing in "row".
#pragma once

#include <pgcoro/replication_events.hpp>
#include <pgcoro/result.hpp>

#include <string>

namespace change_feed {

class json_lines {
public:
    /// Appends the line of a change, if the event is one.
    pgcoro::result<> append(const pgcoro::replication::event& e, std::string& out);

private:
    pgcoro::replication::begin transaction_; // that is being received
};

} // namespace change_feed
