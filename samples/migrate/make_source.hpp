// SPDX-License-Identifier: BSL-1.0
// The kinds of sources, by what the user has named.
#pragma once

#include "source.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/result.hpp>

#include <memory>
#include <string>

namespace migrate {

/// "sqlite:FILE", "mariadb://..." or "mysql://..."; anything else is a connection string of PostgreSQL, empty for the
/// environment. Errors: `failure::wrong_usage`, such as for a kind that this program was built without.
pgcoro::result<std::unique_ptr<source>> make_source(const std::string& name, const source_options& options);

/// A connection string, or the environment if that is empty.
pgcoro::connect_config postgres_config(const std::string& name);

} // namespace migrate
