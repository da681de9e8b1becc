// SPDX-License-Identifier: BSL-1.0
// What reading structs by name takes, besides <pgcoro/pgcoro.hpp>: the names of their members.
#pragma once

#include <pgcoro/detail/named_members.hpp>
#include <pgcoro/row.hpp>
