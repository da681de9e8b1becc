// SPDX-License-Identifier: BSL-1.0
// The bodies of Boost.JSON, which is used without its library.
#include <boost/json/src.hpp>
