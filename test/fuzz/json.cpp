// SPDX-License-Identifier: BSL-1.0
// Boost.JSON, compiled once for all targets.
#include <boost/json/src.hpp>
