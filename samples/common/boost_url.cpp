// SPDX-License-Identifier: BSL-1.0
// The part of Boost.URL that is not in its headers, compiled once.
#include <boost/url/src.hpp>
