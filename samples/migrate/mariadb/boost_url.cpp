// SPDX-License-Identifier: BSL-1.0
// The part of Boost.URL that is not in its headers, compiled once.
#if __has_include(<boost/url/src.hpp>)
#include <boost/url/src.hpp>
#endif
