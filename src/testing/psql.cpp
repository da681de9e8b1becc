// SPDX-License-Identifier: BSL-1.0
#include "psql.hpp"

#include "failure.hpp"
#include "process.hpp"

#include <pgcoro/sqlstate.hpp>

#include <sstream>

namespace pgcoro::testing {
namespace {

// With VERBOSITY=verbose an error is printed as "ERROR:  23505: duplicate key ...", whatever the language.
error from_complaint(const std::string& complaint) {
    std::istringstream lines(complaint);
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(":  ");
        if (colon == line.npos || line.size() < colon + 9 || line.substr(colon + 8, 2) != ": ") {
            continue;
        }
        if (const auto state = parse_sqlstate(std::string_view(line).substr(colon + 3, 5)); state && line[0] != 'W') {
            return {make_error_code(*state), line.substr(colon + 10)};
        }
    }
    return unavailable("psql failed:\n" + complaint);
}

} // namespace

result<std::string> psql(const std::string& program, const std::string& dsn, std::string_view text, const account& who) {
    // From standard input: arguments are for everybody on the machine to see, and there may be passwords in the text.
    BOOST_OUTCOME_TRY(auto done, run({{program, "--no-psqlrc", "--no-password", "--quiet", "--no-align", "--tuples-only",
                                       "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose", "--dbname=" + dsn},
                                      std::string(text),
                                      std::chrono::minutes(10)},
                                     who));
    if (done.status != 0) {
        return from_complaint(done.err);
    }
    return std::move(done.out);
}

} // namespace pgcoro::testing
