// SPDX-License-Identifier: BSL-1.0
// A comment behind SQL text, in the format of sqlcommenter (https://google.github.io/sqlcommenter/spec/): tools that read the
// server's logs find the request that a statement belongs to.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pgcoro {

/// "/*key='value',...*/" with keys in order, both percent-encoded: whatever they contain, the comment ends where it should.
/// Empty if there are no tags.
std::string sql_comment(const std::map<std::string, std::string, std::less<>>& tags);

} // namespace pgcoro
