// SPDX-License-Identifier: BSL-1.0
#include "things.hpp"

#include "../subjects/subjects.hpp"

namespace bench::growth {

std::unique_ptr<subject> make_rows(const std::string& conninfo) { return make_pgcoro_stream(conninfo); }

} // namespace bench::growth
