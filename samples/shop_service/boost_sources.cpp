// SPDX-License-Identifier: BSL-1.0
// The parts of Boost.Beast, Boost.JSON and Boost.URL that are not in their headers, compiled once.
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
#if __has_include(<boost/url/src.hpp>)
#include <boost/url/src.hpp>
#endif
