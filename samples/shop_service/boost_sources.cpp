// SPDX-License-Identifier: BSL-1.0
// The parts of Boost.Beast and Boost.JSON that are not in their headers, compiled once.
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
