// SPDX-License-Identifier: BSL-1.0
// What bench/compile_time compares with: headers alone.
#include "asio_headers.hpp"
