// SPDX-License-Identifier: BSL-1.0
// Messages that a server sends in addition to results: warnings, `raise notice`, hints about deprecated settings.
#pragma once

#include <pgcoro/error.hpp>

namespace pgcoro {

/// A notice has the fields of an error; `severity()` is WARNING, NOTICE, DEBUG, INFO or LOG.
using notice = error;

} // namespace pgcoro
