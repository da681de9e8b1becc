// SPDX-License-Identifier: BSL-1.0
// The state of the service for Prometheus.
#pragma once

#include "service_totals.hpp"

#include <string>

namespace shop {

/// In the text format, version 0.0.4.
std::string metrics_text(const service_totals& totals);

} // namespace shop
