// SPDX-License-Identifier: BSL-1.0
// Reads structs by the names of their members. Include it in addition to <pgcoro/pgcoro.hpp>.
#pragma once

#include <pgcoro/detail/named_members.hpp>
#include <pgcoro/row.hpp>
