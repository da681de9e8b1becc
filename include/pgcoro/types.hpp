// SPDX-License-Identifier: BSL-1.0
// All families of types.
#pragma once

#include <pgcoro/types/array.hpp>
#include <pgcoro/types/array_with_bounds.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/json.hpp>
#include <pgcoro/types/multirange.hpp>
#include <pgcoro/types/range.hpp>
#include <pgcoro/types/text.hpp>
#include <pgcoro/types/uuid.hpp>
#include <pgcoro/types/variant.hpp>
