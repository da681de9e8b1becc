// SPDX-License-Identifier: BSL-1.0
// MariaDB's sequences.
#pragma once

#include "mariadb/session.hpp"
#include "schema.hpp"

#include <vector>

namespace migrate::mariadb {

/// Of the row of a sequence: next value, minimum, maximum, increment, cache, cycle. Values that the server has cached are
/// skipped, as they are when it is restarted.
sequence sequence_of_row(object_name name, const text_row& row);

/// Those of the database.
pgcoro::result<std::vector<sequence>> read_sequences(session& from, const std::string& database);

} // namespace migrate::mariadb
