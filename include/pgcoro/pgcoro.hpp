// SPDX-License-Identifier: BSL-1.0
// Everything a program needs to use pgcoro.
#pragma once

#include <pgcoro/batch.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/quote.hpp>
#include <pgcoro/types.hpp>
