// SPDX-License-Identifier: BSL-1.0
// A cluster made once by initdb and copied for each server, because initdb takes seconds.
#pragma once

#include "account.hpp"
#include "installation.hpp"

#include <pgcoro/result.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace pgcoro::testing {

struct template_request {
    /// Where templates are kept; empty: the user's cache folder.
    std::filesystem::path cache;
    std::string superuser;
    std::span<const std::string> initdb_arguments;
};

/// Makes `data_directory` a fresh cluster and gives the superuser's password. Several processes may ask at once: one runs
/// initdb and the others wait for it.
result<std::string> copy_template(const template_request& request, const installation& server, const account& who,
                                  const std::filesystem::path& data_directory);

} // namespace pgcoro::testing
