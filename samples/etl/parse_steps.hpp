// SPDX-License-Identifier: BSL-1.0
// The [[step]] tables of a pipeline file.
#pragma once

#include "pipeline.hpp"

#include <toml++/toml.h>

#include <vector>

namespace etl {

/// Adds a step to the pipeline, or what is wrong with it to the mistakes.
void parse_step(const toml::table& table, pipeline& p, std::vector<mistake>& mistakes);

} // namespace etl
