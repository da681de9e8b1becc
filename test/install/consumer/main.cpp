// SPDX-License-Identifier: BSL-1.0
// The least a user of the installed library does.
#include <pgcoro/result.hpp>

int main() {
    const pgcoro::result<int> failed = pgcoro::errc::no_rows;
    return !failed && failed.error() == pgcoro::errc::no_rows ? 0 : 1;
}
