// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include "options.hpp"

#include <variant>

namespace data_sync {

/// What the program ends with. docs/sync.md lists them.
enum exit_code : int { done = 0, failed = 1, wrong_usage = 2, target_stopped = 3 };

struct arguments {
    enum class command { init, run, status, drop };

    command what = command::run;
    options all;
};

/// The arguments, or the exit code after help or a complaint was printed.
std::variant<arguments, int> parse_arguments(int argc, char** argv);

} // namespace data_sync
